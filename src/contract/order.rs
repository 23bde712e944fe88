//! The legal order of a stream's events: a regular expression over their names.
//!
//! Names separated by white space follow each other, `|` separates alternatives, parentheses group,
//! `?`, `*` and `+` repeat what stands before them, and `_` stands for the empty sequence. It is
//! followed event by event as a set of states (Thompson's construction), so that at every point the
//! events that may come next are known.

use std::collections::BTreeSet;

/// A compiled expression.
#[derive(Debug, Clone)]
pub struct Order {
    source: String,
    states: Vec<State>,
    start: usize,
}

#[derive(Debug, Clone)]
enum State {
    /// Goes on to the state with the event of this name.
    Event(String, usize),
    /// Goes on to either state without an event.
    Split(usize, usize),
    /// The end.
    Accept,
}

/// How far a stream has come in an order.
#[derive(Debug, Clone)]
pub struct Progress<'o> {
    order: &'o Order,
    states: BTreeSet<usize>,
}

#[derive(Debug)]
enum Node {
    Empty,
    Event(String),
    Sequence(Vec<Node>),
    Either(Vec<Node>),
    Repeat(Box<Node>, char),
}

impl Order {
    /// Compiles an expression.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in words.
    pub fn parse(source: &str) -> Result<Self, String> {
        let tokens = tokens(source);
        let mut parser = Parser { tokens: &tokens, at: 0, depth: 0 };
        let node = parser.either()?;
        if let Some(token) = parser.peek() {
            return Err(format!("unexpected `{token}` in the order `{source}`"));
        }
        let mut order = Self { source: source.to_owned(), states: vec![State::Accept], start: 0 };
        order.start = order.build(&node, 0);
        Ok(order)
    }

    /// The expression's text.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Begins to follow a stream.
    #[must_use]
    pub fn begin(&self) -> Progress<'_> {
        let mut states = BTreeSet::new();
        self.reach(self.start, &mut states, &mut Vec::new());
        Progress { order: self, states }
    }

    /// Whether the expression mentions the event at all.
    #[must_use]
    pub fn mentions(&self, event: &str) -> bool {
        self.states.iter().any(|state| matches!(state, State::Event(name, _) if name == event))
    }

    /// Adds states for the node that lead to `next`, and tells the first of them.
    fn build(&mut self, node: &Node, next: usize) -> usize {
        match node {
            Node::Empty => next,
            Node::Event(name) => self.push(State::Event(name.clone(), next)),
            Node::Sequence(nodes) => nodes.iter().rev().fold(next, |next, n| self.build(n, next)),
            Node::Either(nodes) => {
                let starts: Vec<_> = nodes.iter().map(|n| self.build(n, next)).collect();
                let (last, others) = starts.split_last().unwrap_or((&next, &[]));
                others.iter().rev().fold(*last, |rest, &one| self.push(State::Split(one, rest)))
            }
            Node::Repeat(node, '?') => {
                let once = self.build(node, next);
                self.push(State::Split(once, next))
            }
            Node::Repeat(node, kind) => {
                let split = self.push(State::Split(next, next));
                let body = self.build(node, split);
                self.states[split] = State::Split(body, next);
                if *kind == '+' { body } else { split }
            }
        }
    }

    fn push(&mut self, state: State) -> usize {
        self.states.push(state);
        self.states.len() - 1
    }

    /// Adds the states that a state leads to without an event; `open` is empty, and is so again.
    fn reach(&self, state: usize, reached: &mut BTreeSet<usize>, open: &mut Vec<usize>) {
        open.push(state);
        while let Some(state) = open.pop() {
            if reached.insert(state)
                && let State::Split(one, other) = self.states[state]
            {
                open.extend([one, other]);
            }
        }
    }
}

impl Progress<'_> {
    /// Goes on with an event; `false`, and nothing changes, if it may not come here.
    pub fn step(&mut self, event: &str) -> bool {
        let (mut next, mut open) = (BTreeSet::new(), Vec::new());
        for &state in &self.states {
            if let State::Event(name, target) = &self.order.states[state]
                && name == event
            {
                self.order.reach(*target, &mut next, &mut open);
            }
        }
        let legal = !next.is_empty();
        if legal {
            self.states = next;
        }
        legal
    }

    /// Whether the stream may end here.
    #[must_use]
    pub fn may_end(&self) -> bool {
        self.states.contains(&0)
    }

    /// The events that may come here, in alphabetical order.
    #[must_use]
    pub fn expected(&self) -> Vec<&str> {
        let names: BTreeSet<&str> = self
            .states
            .iter()
            .filter_map(|&state| match &self.order.states[state] {
                State::Event(name, _) => Some(name.as_str()),
                _ => None,
            })
            .collect();
        names.into_iter().collect()
    }
}

fn tokens(source: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = source.trim_start();
    while let Some(first) = rest.chars().next() {
        let special = |c: char| c.is_whitespace() || "()|?*+".contains(c);
        let end = if special(first) { 1 } else { rest.find(special).unwrap_or(rest.len()) };
        let (token, after) = rest.split_at(end);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

struct Parser<'s> {
    tokens: &'s [&'s str],
    at: usize,
    /// How many parentheses are open.
    depth: usize,
}

/// At most this many parentheses are open at once, so that no expression can exhaust the stack.
const MAX_DEPTH: usize = 100;

impl<'s> Parser<'s> {
    fn peek(&self) -> Option<&'s str> {
        self.tokens.get(self.at).copied()
    }

    fn either(&mut self) -> Result<Node, String> {
        let mut alternatives = vec![self.sequence()?];
        while self.peek() == Some("|") {
            self.at += 1;
            alternatives.push(self.sequence()?);
        }
        Ok(if alternatives.len() == 1 {
            alternatives.remove(0)
        } else {
            Node::Either(alternatives)
        })
    }

    fn sequence(&mut self) -> Result<Node, String> {
        let mut nodes = Vec::new();
        while let Some(token) = self.peek().filter(|token| !matches!(*token, "|" | ")")) {
            self.at += 1;
            let mut node = match token {
                "(" if self.depth == MAX_DEPTH => {
                    return Err(format!(
                        "more than {MAX_DEPTH} `(` within each other in the order"
                    ));
                }
                "(" => {
                    self.depth += 1;
                    let node = self.either()?;
                    self.depth -= 1;
                    if self.peek() != Some(")") {
                        return Err("a `(` without its `)` in the order".to_owned());
                    }
                    self.at += 1;
                    node
                }
                "?" | "*" | "+" => {
                    return Err(format!("`{token}` repeats nothing in the order"));
                }
                "_" => Node::Empty,
                name => Node::Event(name.to_owned()),
            };
            while let Some(kind @ ("?" | "*" | "+")) = self.peek() {
                self.at += 1;
                let kind = kind.chars().next().unwrap_or('*');
                node = match node {
                    // `a+?` is `a*`, and so are all other pairs but those of one kind.
                    Node::Repeat(node, before) => {
                        Node::Repeat(node, if before == kind { kind } else { '*' })
                    }
                    node => Node::Repeat(Box::new(node), kind),
                };
            }
            nodes.push(node);
        }
        if nodes.is_empty() {
            return Err("an empty alternative in the order; write `_` for nothing".to_owned());
        }
        Ok(Node::Sequence(nodes))
    }
}

#[cfg(test)]
mod tests {
    use super::Order;

    fn accepts(order: &str, events: &str) -> bool {
        let order = Order::parse(order).unwrap();
        let mut progress = order.begin();
        events.split_whitespace().all(|event| progress.step(event)) && progress.may_end()
    }

    #[test]
    fn an_order_is_a_regular_expression() {
        for (order, events, legal) in [
            ("a b", "a b", true),
            ("a b", "a", false),
            ("a b", "b", false),
            ("a* b", "b", true),
            ("a* b", "a a b", true),
            ("a+ b", "b", false),
            ("(a | b)+ c?", "a b a c", true),
            ("(a | b)+ c?", "c", false),
            ("a (_ | b c)", "a", true),
            ("a (_ | b c)", "a b", false),
            ("a (_ | b c)", "a b c", true),
            ("(a* b?)* c", "b a a b c", true),
            ("a+? b", "b", true),
            ("a+? b", "a a b", true),
            ("a?? b", "a a b", false),
        ] {
            assert_eq!(accepts(order, events), legal, "{order} on {events}");
        }
    }

    #[test]
    fn what_may_come_next_is_known() {
        let order = Order::parse("start (chunk | note)* end").unwrap();
        let mut progress = order.begin();
        assert_eq!(progress.expected(), ["start"]);
        assert!(progress.step("start"));
        assert_eq!(progress.expected(), ["chunk", "end", "note"]);
        assert!(!progress.step("start"));
        assert!(progress.step("end") && progress.may_end() && progress.expected().is_empty());
    }

    #[test]
    fn what_is_wrong_with_an_order_is_said() {
        let error = |source: &str| Order::parse(source).unwrap_err();
        assert_eq!(error("a ("), "an empty alternative in the order; write `_` for nothing");
        assert_eq!(error("(a"), "a `(` without its `)` in the order");
        assert_eq!(error("* a"), "`*` repeats nothing in the order");
        assert_eq!(error("a ) b"), "unexpected `)` in the order `a ) b`");
        assert_eq!(error(&"(".repeat(200)), "more than 100 `(` within each other in the order");
        assert_eq!(error("a | "), "an empty alternative in the order; write `_` for nothing");
    }
}
