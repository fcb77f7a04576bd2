//! A short stand-in for a text, by which a change of it is noticed.

/// Sixteen hexadecimal digits (FNV-1a, 64 bits). It notices slips and keeps nobody out.
pub(super) fn digest(texts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for text in texts {
        for byte in plain(text).bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

/// The text without the decoration of Markdown, one blank between words. A sign inside a word belongs to the word.
fn plain(text: &str) -> String {
    let signs: Vec<char> = text.chars().collect();
    let word = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(|sign| sign.is_alphanumeric());
    let kept = signs.iter().enumerate().filter(|(at, sign)| match sign {
        '`' | '\\' => false,
        '*' | '_' => word(at.checked_sub(1)) && word(Some(at + 1)),
        _ => true,
    });
    let kept: String = kept.map(|(_, sign)| sign).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::digest;

    #[test]
    fn blanks_and_decoration_are_no_change_and_words_are() {
        assert_eq!(digest(&["five **wrong**  `tries`"]), digest(&[" five wrong\ttries"]));
        assert_ne!(digest(&["five wrong tries"]), digest(&["six wrong tries"]));
        assert_ne!(digest(&["help_id"]), digest(&["helpid"]));
        assert_ne!(digest(&["a", "b"]), digest(&["ab", ""]));
    }

    #[test]
    fn it_stays_what_it_is_on_every_machine() {
        assert_eq!(digest(&[]), "cbf29ce484222325");
        assert_eq!(digest(&["a"]), "089be207b544f1e4");
    }
}
