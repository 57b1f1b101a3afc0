//! The text of an operation before it is parsed: how deep it nests, and what it says apart from spelling.
//! The parser descends once per bracket on the thread's stack, so that brackets are counted before.

use sha2::{Digest as _, Sha256};

use crate::failure::Failure;

/// Nesting of brackets of any kind. The parser needs a few KiB of stack for each.
const MAX_NESTING: usize = 100;
/// Words, numbers, strings and signs.
const MAX_TOKENS: usize = 20_000;

/// Refuses a text that would cost the parser too much.
///
/// Errors: [`Failure::Limit`]; [`Failure::Argument`] for a string without end.
pub(crate) fn check_source(text: &str) -> Result<(), Failure> {
    let mut nesting = 0_usize;
    for (n, token) in Tokens(text).enumerate() {
        if n == MAX_TOKENS {
            return Err(Failure::Limit(format!(
                "the operation has more than {MAX_TOKENS} words and signs"
            )));
        }
        match token? {
            "{" | "[" | "(" => nesting += 1,
            "}" | "]" | ")" => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if nesting > MAX_NESTING {
            return Err(Failure::Limit(format!(
                "the operation has more than {MAX_NESTING} brackets inside one another"
            )));
        }
    }
    Ok(())
}

/// Whether a text reads the schema.
pub(crate) fn asks_for_schema(text: &str) -> bool {
    Tokens(text).any(|token| matches!(token, Ok("__schema" | "__type")))
}

/// SHA-256 of what a text says: without spaces, commas and comments, whatever the order of its definitions, and
/// without `__typename`, which clients add by themselves. None for a text that cannot be read.
pub(crate) fn digest(text: &str) -> Option<[u8; 32]> {
    let mut digests = Vec::new();
    for definition in definitions(text) {
        let mut hash = Sha256::new();
        for token in Tokens(definition.text) {
            let token = token.ok()?;
            if token != "__typename" {
                hash.update(token);
                hash.update([0]);
            }
        }
        digests.push(hash.finalize());
    }
    digests.sort_unstable();
    let mut hash = Sha256::new();
    for digest in digests {
        hash.update(digest);
    }
    Some(hash.finalize().into())
}

/// One operation or fragment of a text.
#[derive(Clone, Debug)]
pub(crate) struct Definition<'a> {
    pub name: &'a str,
    pub is_fragment: bool,
    pub text: &'a str,
    /// Names of the fragments that it spreads.
    pub spreads: Vec<&'a str>,
}

/// The definitions of a text. What cannot be read is left out, from there on.
pub(crate) fn definitions(text: &str) -> Vec<Definition<'_>> {
    let mut found = Vec::new();
    let mut tokens = Tokens(text);
    let mut nesting = 0_usize;
    let mut begin = None;
    let mut words: Vec<&str> = Vec::new();
    while let Some(Ok(token)) = tokens.next() {
        let end = text.len() - tokens.0.len();
        let begin_here = *begin.get_or_insert(end - token.len());
        words.push(token);
        match token {
            "{" | "(" | "[" => nesting += 1,
            "}" | ")" | "]" => nesting = nesting.saturating_sub(1),
            _ => {}
        }
        if token == "}" && nesting == 0 {
            let is_named = words.get(1).is_some_and(|word| word.starts_with(is_word));
            let spreads = words
                .windows(2)
                .filter(|pair| pair[0] == "..." && pair[1].starts_with(is_word));
            found.push(Definition {
                name: if is_named { words[1] } else { "" },
                is_fragment: words[0] == "fragment",
                text: &text[begin_here..end],
                spreads: spreads
                    .map(|pair| pair[1])
                    .filter(|word| *word != "on")
                    .collect(),
            });
            begin = None;
            words.clear();
        }
    }
    found
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// The tokens of GraphQL (October 2021, 2.1), as far as these questions need them.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = Result<&'a str, Failure>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let is_ignored = |c: char| c.is_ascii_whitespace() || c == ',' || c == '\u{feff}';
            self.0 = self.0.trim_start_matches(is_ignored);
            let Some(comment) = self.0.strip_prefix('#') else {
                break;
            };
            self.0 = comment.trim_start_matches(|c| c != '\n' && c != '\r');
        }
        let first = self.0.chars().next()?;
        let length = match first {
            '"' => match string_length(self.0) {
                Some(length) => length,
                None => {
                    self.0 = "";
                    let text = "a string in the operation has no end";
                    return Some(Err(Failure::Argument(text.to_owned())));
                }
            },
            '.' if self.0.starts_with("...") => 3,
            c if is_word(c) => self.0.find(|c| !is_word(c)).unwrap_or(self.0.len()),
            c => c.len_utf8(),
        };
        let (token, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(Ok(token))
    }
}

fn string_length(text: &str) -> Option<usize> {
    if let Some(block) = text.strip_prefix("\"\"\"") {
        let mut from = 0;
        loop {
            let end = from + block[from..].find("\"\"\"")?;
            if !block[..end].ends_with('\\') {
                return Some(3 + end + 3);
            }
            from = end + 3;
        }
    }
    let mut is_escaped = false;
    for (position, c) in text.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return None,
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(position + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_those_of_the_specification() {
        let check = |text: &str, expected: &[&str]| {
            let tokens: Vec<_> = Tokens(text).map(Result::unwrap).collect();
            assert_eq!(tokens, expected, "{text}");
        };
        check("{a,b}#c}\n...F", &["{", "a", "b", "}", "...", "F"]);
        check(
            r#"a(x: "}\"{" y: """ " \""" }""")"#,
            &[
                "a",
                "(",
                "x",
                ":",
                r#""}\"{""#,
                "y",
                ":",
                r#"""" " \""" }""""#,
                ")",
            ],
        );
    }

    #[test]
    fn strings_without_end_are_refused() {
        for text in [
            "{ a(x: \"b) }",
            "\"a\nb\"",
            "\"\"\"a\"\"",
            r#""a\""#,
            r#""""" ""#,
        ] {
            assert!(
                matches!(check_source(text), Err(Failure::Argument(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn nesting_is_counted_outside_of_strings_and_comments() {
        let deep = |n| format!("{}x{}", "[".repeat(n), "]".repeat(n));
        assert!(check_source(&deep(MAX_NESTING)).is_ok());
        assert!(matches!(
            check_source(&deep(MAX_NESTING + 1)),
            Err(Failure::Limit(_))
        ));
        assert!(check_source(&format!("# {}\n\"{}\"", deep(500), deep(500))).is_ok());
        assert!(check_source(&"a ".repeat(MAX_TOKENS)).is_ok());
        assert!(check_source(&"a ".repeat(MAX_TOKENS + 1)).is_err());
    }

    #[test]
    fn spelling_does_not_change_what_is_said() {
        let plain = digest("query A($x: Int) { a(x: $x) { b } }");
        assert_eq!(
            plain,
            digest("query A($x:Int){a(x:$x){__typename,b}} # why")
        );
        assert_ne!(plain, digest("query A($x:Int){a(x:$x){b c}}"));
        assert_ne!(digest("{ a b }"), digest("{ ab }"));
        let ab = digest("{ ...A } fragment A on Q { a }");
        assert_eq!(ab, digest("fragment A on Q { a } { ...A }"));
    }
}
