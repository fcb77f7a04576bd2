//! A tree as text, without its places: a line a statement.

use flowspec::syntax::Tree;
use flowspec::syntax::tree::{Comment, Statement};

/// Every statement with everything that is in it but places, indented by its depth.
pub(crate) fn outline(tree: &Tree) -> String {
    let mut text = String::new();
    tree.statements.iter().for_each(|statement| write(statement, 0, &mut text));
    comments(&tree.closing_comments, 0, &mut text);
    text
}

fn write(statement: &Statement, depth: usize, text: &mut String) {
    let parts = [
        format!("{:?}", statement.kind),
        list("texts", &statement.texts),
        statement.outcome.as_ref().map(|outcome| format!(" outcome {:?}", outcome.kind)).unwrap_or_default(),
        list("marks", &statement.marks),
        statement.comments.as_ref().map(|comments| format!(" {comments:?}")).unwrap_or_default(),
        statement.block.as_ref().map(|_| " block".to_owned()).unwrap_or_default(),
    ];
    line(&without_places(&parts.concat()), depth, text);
    statement.children().iter().for_each(|child| write(child, depth + 1, text));
}

fn list<T: std::fmt::Debug>(name: &str, items: &[T]) -> String {
    if items.is_empty() { String::new() } else { format!(" {name} {items:?}") }
}

fn comments(comments: &[Comment], depth: usize, text: &mut String) {
    comments.iter().for_each(|comment| line(&without_places(&format!("{comment:?}")), depth, text));
}

fn line(what: &str, depth: usize, text: &mut String) {
    text.push_str(&"  ".repeat(depth));
    text.push_str(what);
    text.push('\n');
}

/// Takes `span: Span { start: 1, end: 2 }` out of a debug print.
fn without_places(printed: &str) -> String {
    let mut parts = printed.split("span: Span {");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text = text.trim_end_matches(", ").to_owned();
        let after = part.split_once('}').map_or("", |(_, after)| after);
        text.push_str(if text.ends_with('{') || text.ends_with("{ ") {
            after.trim_start_matches(',')
        } else {
            after
        });
    }
    text
}
