//! Every fixed phrase of the pages, once per language.
//!
//! A phrase may name values in braces. `{n|try|tries}` is the first word where `n` is 1 and the second otherwise.

use super::{en, zh};

/// The phrases of a language; one without a table of its own gets the English one.
pub(crate) fn phrases(language: &str) -> &'static Phrases {
    match language {
        "zh" => &zh::PHRASES,
        _ => &en::PHRASES,
    }
}

/// What a language calls itself.
pub(crate) fn own_name(language: &str) -> &str {
    match language {
        "en" => "English",
        "zh" => "简体中文",
        "de" => "Deutsch",
        "es" => "Español",
        "fr" => "Français",
        "ja" => "日本語",
        "ko" => "한국어",
        other => other,
    }
}

/// Puts values into a phrase. Between a Chinese character and a number, a Latin word or a link stands a space.
pub(crate) fn fill(phrase: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(phrase.len() + values.iter().map(|(_, v)| v.len()).sum::<usize>());
    let mut rest = phrase;
    while let Some((before, from_brace)) = rest.split_once('{') {
        let Some((hole, after)) = from_brace.split_once('}') else { break };
        push_apart(&mut out, before);
        push_apart(&mut out, filled(hole, values));
        rest = after;
    }
    push_apart(&mut out, rest);
    out
}

/// Appends a text, after a space where one belongs between.
fn push_apart(out: &mut String, text: &str) {
    let meeting = out.chars().next_back().zip(text.chars().next());
    if meeting.is_some_and(|(left, right)| {
        (is_chinese(left) && (right.is_ascii_alphanumeric() || right == '['))
            || ((left.is_ascii_alphanumeric() || left == ')') && is_chinese(right))
    }) {
        out.push(' ');
    }
    out.push_str(text);
}

fn is_chinese(char: char) -> bool {
    ('\u{4E00}'..='\u{9FFF}').contains(&char)
}

fn filled<'a>(hole: &'a str, values: &[(&str, &'a str)]) -> &'a str {
    let (name, forms) = hole.split_once('|').unwrap_or((hole, ""));
    let value = values.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value);
    match forms.split_once('|') {
        Some((one, many)) => {
            if value == "1" {
                one
            } else {
                many
            }
        }
        None => value,
    }
}

macro_rules! phrases {
    ($($name:ident,)*) => {
        /// The fixed phrases of one language.
        pub(crate) struct Phrases {
            $(pub(crate) $name: &'static str,)*
        }

        #[cfg(test)]
        impl Phrases {
            /// Every phrase with its name.
            pub(crate) fn all(&self) -> Vec<(&'static str, &'static str)> {
                vec![$((stringify!($name), self.$name),)*]
            }
        }
    };
}

phrases! {
    // marks around what the spec names
    name, plain_name, quoted, article, and, or, between, alternative, or_else, apart, space, stop, colon,
    aside, both,

    // headings
    who_takes_part, before_you_begin, diagram, steps, limits, time_outs, sent, kept, ends, allowed, rules,
    general, good_to_know, contacts, links, examples, assumptions, silences, open, facts,

    // the index, and the top of a page
    index_title, index_lead, index_flow, index_about, index_facts, other_languages,

    // who takes part
    user, user_role, actor_answers, actor_acts,

    // before it begins
    given, given_optional, given_default, require,

    // the steps
    starts_at, by_actor, fill_in, field, required, takes, yes, optional, left_out, only_when, nothing_to_do, at_any_step, no_members, task_needs, task_each, all_tasks_done, task_optional, ticked,

    // what follows
    when, otherwise, to_step, to_end, stay, restart, resume, refused, refused_to, refused_full, refused_full_to, reason_unexpected, reason_missing, reason_invalid, reason_needs, reason_limit, reason_overflow, asks, either, silent,
    answer, answer_brings, limit_full, remembered, kept_in, becomes, reset, count, count_amount, uncount,
    uncount_amount, doing, doing_this, send, send_with, send_field, send_when,

    // time-outs
    after_entry, after_idle, after_since, after_opening, idle_flow, or_later,

    // types
    text, boolean, integer, money, duration, instant, date, list_of, list_of_entries, entry_field, entry_optional, one_of, any_of, others, others_counted, characters,
    characters_from, characters_least, digits, pattern, range, at_most, at_least, multiple_of, secret,

    // limits
    per_session, per_key, for_all, within, each_hour, each_day, each_week, each_month, each_year, ever,
    unbounded, times_at_most, amount_at_most, times_or_more, amount_or_more, limit_next_refused,
    limit_beyond_refused, limit_held, limit_held_amount, in_any_session, limit_hold_over, limit_rolls,
    limit_trips, limit_trips_amount, limit_silent, limit_active, limit_actions, limit_counted, limit_resets,
    event_at, event_at_when, event_at_otherwise, event_at_refused, ordinals, nth,

    // what is sent and kept
    output, carries, chosen, record, remember, kept_name, kept_what, fixed, initially, nothing, truth,
    untruth, hidden,

    // ends and capabilities
    success, failure, handover, endless, allow, deny, unstated,

    // rules over whole runs
    never, never_before, always, follow, follow_within, entered, accepted, answered, refused_for, was_sent, in_case,
    alike, alike_on, alike_without, alike_on_without,

    // at every step
    unlisted_refused, unlisted_silent, missing_refused, invalid_refused, waiting_stay, waiting_silent,
    order_strict, order_free, timers_run,

    // notes
    note_do, note_dont, note_may, note_needs, note_duty, note_reason, note_opinion, note_unverified,
    note_looks, note_when, note_plain, contact_missing,

    // worked examples
    example, at_first, row, has, begin, cannot_begin, does, does_with, does_by, with_field, several_times,
    then, answers_with, wait, asks_whether,

    // where it stands with the source
    standing_facts, standing_assumed, assumptions_lead, assumption, what_is_assumed, rests_on, silent_event,
    silent_event_when, silent_event_otherwise, silent_after, silent_limit, silent_answer, silent_capability,
    silent_capability_else, silent_others, open_choice, open_either, open_or_more, open_or_later, facts_lead,
    fact, what_it_says, carried_by, printed, no_facts,

    // conditions
    equal, equal_to_constant, equal_to_sent, equal_to_kept, not_equal, not_equal_to_constant,
    not_equal_to_sent, not_equal_to_kept, less, less_or_equal, greater, greater_or_equal, is_yes, is_no,
    is_known, is_unknown, is_given, is_not_given, exists, exists_not, is_empty, is_not_empty, among,
    not_among, grouped, plus, minus, times, every_item, not_every_item, some_item, no_item, number_where, total, total_where, item,
    number_of, percent, rounded_down, rounded_up, rounded_half_up, rounded_half_even, date_of, attribute_of, sent_in, now,

    // lengths of time
    milliseconds, seconds, minutes, hours, days,

    // the diagram
    any_step, back, else_way, answer_of, time_out, idle_time_out, since_time_out, later, too_large,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values that stand in a phrase; a number that only chooses a plural need not.
    fn holes(phrase: &str) -> std::collections::BTreeSet<&str> {
        let holes = phrase.split('{').skip(1).filter_map(|part| part.split('}').next());
        holes.filter(|hole| !hole.contains('|')).collect()
    }

    #[test]
    fn each_phrase_names_the_same_values_in_every_language() {
        for ((name, english), (_, chinese)) in en::PHRASES.all().into_iter().zip(zh::PHRASES.all()) {
            assert_eq!(holes(english), holes(chinese), "{name}");
        }
    }

    #[test]
    fn a_phrase_is_filled_and_its_plural_chosen() {
        assert_eq!(fill("{n} {n|try|tries} per {key}", &[("n", "5"), ("key", "login")]), "5 tries per login");
        assert_eq!(fill("{n} {n|try|tries}", &[("n", "1")]), "1 try");
    }

    #[test]
    fn numbers_and_links_stand_apart_from_chinese_characters() {
        assert_eq!(fill("最多{n}次", &[("n", "5")]), "最多 5 次");
        assert_eq!(fill("进入{step}之后", &[("step", "[1. 登录](#1-登录)")]), "进入 [1. 登录](#1-登录) 之后");
        assert_eq!(fill("进入{step}之后", &[("step", "“完成”")]), "进入“完成”之后");
    }
}
