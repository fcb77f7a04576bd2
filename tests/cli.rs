//! The command as a user meets it: each `tests/cli/*.txt` is a folder of files and the commands run in it, and its
//! snapshot shows what they said, where, and how they ended.
//!
//! In such a file `-- NAME --` begins a file (`\xHH` is a byte, `\\` a backslash), `-- NAME/ --` makes a folder, and
//! `$ flowspec …` is run; `$ cat NAME` and `$ ls` show what is there.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

#[test]
fn commands_say_and_do_what_their_snapshots_show() {
    insta::glob!("cli/*.txt", |path| {
        let script = fs::read_to_string(path).unwrap();
        insta::with_settings!({ omit_expression => true }, {
            insta::assert_snapshot!(play(&script));
        });
    });
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    let mut child = flowspec(Path::new("."), &["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let mut said = String::new();
    child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!((child.wait().unwrap().code(), said.as_str()), (Some(0), ""));
}

#[test]
fn colour_is_asked_for_and_never_guessed_into_a_pipe() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str], no_color: bool| {
        let mut command = flowspec(folder.path(), arguments);
        if no_color {
            command.env("NO_COLOR", "1");
        }
        let Output { stdout, stderr, .. } = command.output().unwrap();
        let coloured = |bytes: &[u8]| bytes.contains(&0x1b);
        (coloured(&stdout), coloured(&stderr))
    };
    assert_eq!(run(&["explain", "F0101"], false), (false, false));
    assert_eq!(run(&["explain", "F0101", "--color", "always"], true), (true, false));
    assert_eq!(run(&["check", "--color=always"], false), (false, true));
    assert_eq!(run(&["check", "--color=never"], false), (false, false));
}

#[test]
fn hostile_files_are_answered_with_a_code_in_bounded_time() {
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    let hostile: [(&str, Vec<u8>); 9] = [
        ("empty", Vec::new()),
        ("only_a_byte_order_mark", "\u{feff}".into()),
        ("zeros", vec![0; 1_000_000]),
        ("braces", vec![b'{'; 10_000_000]),
        ("lines_of_braces", b"{\n".repeat(1_000_000)),
        ("quotes", vec![b'"'; 1_000_000]),
        ("nested_blocks", format!("language 1\n{}", deep("step x {\n", "}\n")).into()),
        ("nested_parentheses", format!("language 1\nalways {}\n", deep("(", ")")).into()),
        ("every_byte", (0..=255).collect()),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in hostile {
        let file = format!("{name}.flow");
        fs::write(folder.path().join(&file), bytes).unwrap();
        let started = Instant::now();
        let output = flowspec(folder.path(), &["check", &file, "--format", "json"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(output.stdout.starts_with(b"{\"code\":\"F"), "{name}");
        assert!(started.elapsed() < Duration::from_secs(20), "{name} took {:?}", started.elapsed());
    }
}

fn flowspec(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_flowspec"));
    command.current_dir(folder).args(arguments).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    command
}

/// Makes the files, runs the commands, and repeats the script with what came of it.
fn play(script: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut shown = String::new();
    let mut file: Option<PathBuf> = None;
    for line in script.lines() {
        writeln!(shown, "{line}").unwrap();
        if let Some(command) = line.strip_prefix("$ ") {
            file = None;
            shown.push_str(&run(folder.path(), command));
        } else if let Some(name) = line.strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --")) {
            let path = folder.path().join(name);
            fs::create_dir_all(if name.ends_with('/') { &path } else { path.parent().unwrap() }).unwrap();
            file = (!name.ends_with('/')).then_some(path);
            if let Some(path) = &file {
                fs::write(path, "").unwrap();
            }
        } else if let Some(path) = &file {
            let mut bytes = unescape(line);
            bytes.push(b'\n');
            fs::OpenOptions::new().append(true).open(path).unwrap().write_all(&bytes).unwrap();
        }
    }
    shown
}

fn run(folder: &Path, command: &str) -> String {
    let (command, input) = match command.split_once(" < ") {
        Some((command, name)) => (command, fs::read(folder.join(name)).unwrap()),
        None => (command, Vec::new()),
    };
    let words: Vec<&str> = command.split_whitespace().collect();
    match words[0] {
        "cat" => fs::read_to_string(folder.join(words[1])).unwrap(),
        "ls" => {
            let mut names = Vec::new();
            list(folder, folder, &mut names);
            names.sort();
            names.concat()
        }
        "flowspec" => told(folder, &words[1..], &input),
        other => panic!("no such command: {other}"),
    }
}

fn told(folder: &Path, arguments: &[&str], input: &[u8]) -> String {
    let mut child = flowspec(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    let mut told = String::new();
    for (name, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
        let text = String::from_utf8(bytes.clone()).unwrap();
        if !text.is_empty() {
            write!(told, "[{name}]\n{text}").unwrap();
        }
    }
    writeln!(told, "[exit {}]", output.status.code().unwrap()).unwrap();
    told
}

fn list(root: &Path, folder: &Path, names: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            list(root, &path, names);
        } else {
            names.push(format!("{}\n", path.strip_prefix(root).unwrap().display()));
        }
    }
}

/// `\xHH` is a byte, `\\` a backslash, everything else itself.
fn unescape(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend(before.as_bytes());
        match after.strip_prefix('x') {
            Some(hex) => {
                bytes.push(u8::from_str_radix(&hex[..2], 16).unwrap());
                rest = &hex[2..];
            }
            None => {
                bytes.push(b'\\');
                rest = after.strip_prefix('\\').unwrap_or(after);
            }
        }
    }
    bytes.extend(rest.as_bytes());
    bytes
}
