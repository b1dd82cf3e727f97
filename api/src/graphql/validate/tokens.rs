//! Counts the words and signs of a document, its lexical tokens, before anything is made of them.

/// How deep brackets may stand in each other: parsing goes into each, and the thread's stack has an end. What means
/// something is far less deep.
const NESTED_MOST: usize = 200;

/// Refuses a text with more than so many, or with brackets too deep in each other. What is no GraphQL counts as well, a
/// sign at a time.
pub(super) fn check(text: &str, most: usize) -> Result<(), String> {
    let mut rest = text.as_bytes();
    let (mut count, mut nested) = (0, 0_usize);
    while let [first, ..] = rest {
        let length = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                rest = &rest[1..];
                continue;
            }
            b'#' => {
                rest = &rest[while_(rest, |byte| byte != b'\n' && byte != b'\r')..];
                continue;
            }
            b'"' => text_length(rest),
            b'.' if rest.starts_with(b"...") => 3,
            byte if is_of_word(*byte) => while_(rest, is_of_word),
            byte => {
                match byte {
                    b'{' | b'[' | b'(' => nested += 1,
                    b'}' | b']' | b')' => nested = nested.saturating_sub(1),
                    _ => {}
                }
                1
            }
        };
        count += 1;
        if count > most {
            return Err(format!("the document has more than {most} words and signs; send a shorter one"));
        }
        if nested > NESTED_MOST {
            return Err(format!("the document has brackets more than {NESTED_MOST} deep in each other"));
        }
        rest = &rest[length.clamp(1, rest.len())..];
    }
    Ok(())
}

/// A name, or a number but for its sign and point.
fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

fn while_(bytes: &[u8], holds: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !holds(*byte)).unwrap_or(bytes.len())
}

/// The length of a text in quotes, or of what there is of it.
fn text_length(bytes: &[u8]) -> usize {
    let (quote, start): (&[u8], usize) = if bytes.starts_with(b"\"\"\"") { (b"\"\"\"", 3) } else { (b"\"", 1) };
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'\n' | b'\r' if quote.len() == 1 => return at,
            _ if bytes[at..].starts_with(quote) => return at + quote.len(),
            _ => at += 1,
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn count(text: &str) -> usize {
        (0..).find(|most| check(text, *most).is_ok()).unwrap()
    }

    #[test]
    fn brackets_are_deep_in_each_other_or_beside_each_other() {
        let nested = |times: usize| "{a".repeat(times) + &"}".repeat(times);
        assert!(check(&nested(200), 10_000).is_ok());
        assert!(check(&nested(201), 10_000).unwrap_err().contains("deep"));
        assert!(check(&"{a}".repeat(1_000), 10_000).is_ok());
        assert!(check(&format!("\"{}\"", "{".repeat(1_000)), 10_000).is_ok());
    }

    #[test]
    fn words_signs_and_texts_are_one_each_and_space_and_comments_nothing() {
        for (text, tokens) in [
            ("", 0),
            (" \t\n,# { a }\n", 0),
            ("{ a }", 3),
            ("query Q($a:Int=1){a(b:[1,2])...F}", 23),
            (r#"{ a(b: "c d \" e") }"#, 8),
            ("{ a(b: \"\"\"c\n \"d\" \"\"\") }", 8),
            ("\"never ends", 1),
            ("\"\\", 1),
        ] {
            assert_eq!(count(text), tokens, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_comes_to_its_end(text in "\\PC{0,200}", quotes in "[\"\\\\#.a\n]{0,100}") {
            prop_assert!(count(&text) <= text.len());
            prop_assert!(count(&quotes) <= quotes.len());
        }
    }
}
