//! Simple conditions: comparisons joined by `&&` and `||`, as the engine reads them.

/// At most so long is a condition: the engine follows brackets by recursion.
pub const LONGEST: usize = 4096;

/// A part of a condition.
#[derive(Debug, PartialEq, Eq)]
enum Token<'t> {
    Open,
    Close,
    /// `&&` or `||`.
    Join,
    Compare,
    Text,
    Word(&'t str),
}

/// The expressions in a simple condition.
///
/// # Errors
/// What is wrong with the condition, in a few words.
pub fn expressions(condition: &str) -> Result<Vec<&str>, String> {
    if condition.len() > LONGEST {
        return Err(format!("it is longer than {LONGEST} characters"));
    }
    let tokens = tokens(condition)?;
    let mut open = 0usize;
    // Whether a value has to come, and whether a comparison may.
    let (mut value, mut compare) = (true, false);
    for token in &tokens {
        let is_value = matches!(token, Token::Open | Token::Text | Token::Word(_));
        if is_value != value {
            return Err(if value {
                "a value is missing".to_owned()
            } else {
                "two values stand beside each other: `==`, `&&` or the like is missing".to_owned()
            });
        }
        match token {
            Token::Open => {
                open += 1;
                compare = false;
            }
            Token::Close => {
                open = open.checked_sub(1).ok_or("a `)` has no `(`")?;
                compare = false;
            }
            Token::Join => (value, compare) = (true, false),
            Token::Compare if !compare => {
                return Err("a comparison has two sides; join several by `&&`".to_owned());
            }
            Token::Compare => value = true,
            Token::Text | Token::Word(_) => {
                // The second side of a comparison is not compared again.
                compare = !compare;
                value = false;
            }
        }
    }
    if tokens.is_empty() {
        return Err("it is empty".to_owned());
    }
    if value {
        return Err("a value is missing at the end".to_owned());
    }
    if open > 0 {
        return Err("a `(` has no `)`".to_owned());
    }
    let words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) if word.starts_with('$') => Some(*word),
        _ => None,
    });
    Ok(words.collect())
}

fn tokens(condition: &str) -> Result<Vec<Token<'_>>, String> {
    let mut tokens = Vec::new();
    let mut rest = condition.trim_start();
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = match first {
            '(' => {
                tokens.push(Token::Open);
                behind
            }
            ')' => {
                tokens.push(Token::Close);
                behind
            }
            '&' | '|' => {
                tokens.push(Token::Join);
                behind.strip_prefix(first).ok_or_else(|| format!("write `{first}{first}`"))?
            }
            '=' | '!' => {
                tokens.push(Token::Compare);
                behind.strip_prefix('=').ok_or_else(|| format!("write `{first}=`"))?
            }
            '<' | '>' => {
                tokens.push(Token::Compare);
                behind.strip_prefix('=').unwrap_or(behind)
            }
            '\'' | '"' => {
                tokens.push(Token::Text);
                let (_, after) = behind.split_once(first).ok_or("a text has no closing quote")?;
                after
            }
            _ => {
                let ends = |c: char| c.is_whitespace() || "()&|=!<>".contains(c);
                let (word, after) = rest.split_at(rest.find(ends).unwrap_or(rest.len()));
                tokens.push(Token::Word(word));
                after
            }
        }
        .trim_start();
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::expressions;

    #[test]
    fn conditions_hold_expressions() {
        let found = |condition| expressions(condition).unwrap();
        assert_eq!(found("$statusCode == 200"), ["$statusCode"]);
        assert_eq!(
            found("($statusCode==200||$statusCode == 201) && $response.body#/a != '$b c'"),
            ["$statusCode", "$statusCode", "$response.body#/a"]
        );
        assert_eq!(found("$response.body#/ok"), ["$response.body#/ok"]);
        assert_eq!(found("((true))"), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_said() {
        let wrong = |condition| expressions(condition).unwrap_err();
        assert_eq!(wrong("$statusCode = 200"), "write `==`");
        assert_eq!(wrong("$a & $b"), "write `&&`");
        assert_eq!(wrong("$a == 'b"), "a text has no closing quote");
        assert_eq!(wrong("($a == 1"), "a `(` has no `)`");
        assert_eq!(wrong("$a == 1)"), "a `)` has no `(`");
        assert_eq!(wrong("$a == "), "a value is missing at the end");
        assert_eq!(wrong("== 1"), "a value is missing");
        assert_eq!(wrong("1 < $a < 3"), "a comparison has two sides; join several by `&&`");
        assert!(wrong("$a 5").starts_with("two values stand beside each other"));
        assert_eq!(wrong("  "), "it is empty");
        assert!(wrong(&"(".repeat(5000)).starts_with("it is longer"));
    }
}
