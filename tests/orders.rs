//! The legal order of events against a matcher that is slow and plainly right: both must agree on
//! every expression and every stream.

use std::collections::BTreeSet;

use dify_contract::contract::Order;
use proptest::prelude::*;

/// An expression as a tree.
#[derive(Debug, Clone)]
enum Tree {
    Nothing,
    Event(char),
    Sequence(Vec<Tree>),
    Either(Vec<Tree>),
    Repeat(Box<Tree>, char),
}

impl Tree {
    /// The expression as people write it.
    fn text(&self) -> String {
        let all = |trees: &[Self]| trees.iter().map(Self::text).collect::<Vec<_>>();
        match self {
            Self::Nothing => "_".to_owned(),
            Self::Event(name) => name.to_string(),
            Self::Sequence(trees) => format!("({})", all(trees).join(" ")),
            Self::Either(trees) => format!("({})", all(trees).join("|")),
            Self::Repeat(tree, kind) => format!("{} {kind}", tree.text()),
        }
    }

    /// Where a match that begins at `start` may end in the stream.
    fn ends(&self, stream: &[char], start: usize) -> BTreeSet<usize> {
        match self {
            Self::Nothing => BTreeSet::from([start]),
            Self::Event(name) => {
                (stream.get(start) == Some(name)).then_some(start + 1).into_iter().collect()
            }
            Self::Sequence(trees) => trees.iter().fold(BTreeSet::from([start]), |ends, tree| {
                ends.into_iter().flat_map(|end| tree.ends(stream, end)).collect()
            }),
            Self::Either(trees) => trees.iter().flat_map(|t| t.ends(stream, start)).collect(),
            Self::Repeat(tree, kind) => {
                let mut ends = tree.ends(stream, start);
                // Every round gets further or is the last.
                for _ in stream.iter().filter(|_| *kind != '?') {
                    let more: Vec<usize> =
                        ends.iter().flat_map(|end| tree.ends(stream, *end)).collect();
                    ends.extend(more);
                }
                if *kind != '+' {
                    ends.insert(start);
                }
                ends
            }
        }
    }

    fn accepts(&self, stream: &[char]) -> bool {
        self.ends(stream, 0).contains(&stream.len())
    }
}

fn trees() -> impl Strategy<Value = Tree> {
    let leaf = prop_oneof![
        1 => Just(Tree::Nothing),
        5 => prop::char::range('a', 'c').prop_map(Tree::Event),
    ];
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::Sequence),
            prop::collection::vec(inner.clone(), 1..4).prop_map(Tree::Either),
            (inner, prop::sample::select(vec!['?', '*', '+']))
                .prop_map(|(tree, kind)| Tree::Repeat(Box::new(tree), kind)),
        ]
    })
}

fn streams() -> impl Strategy<Value = Vec<char>> {
    prop::collection::vec(prop::char::range('a', 'c'), 0..7)
}

proptest! {
    #[test]
    fn an_order_accepts_what_its_expression_means(tree in trees(), stream in streams()) {
        let text = tree.text();
        let order = Order::parse(&text).expect("the expression is right");
        let mut progress = order.begin();
        let legal = stream.iter().all(|event| progress.step(&event.to_string()));
        prop_assert_eq!(legal && progress.may_end(), tree.accepts(&stream), "{}", text);
    }

    #[test]
    fn what_is_expected_is_what_can_be_stepped_to(tree in trees(), stream in streams()) {
        let text = tree.text();
        let order = Order::parse(&text).expect("the expression is right");
        let mut progress = order.begin();
        for event in stream {
            let expected: Vec<String> =
                progress.expected().into_iter().map(str::to_owned).collect();
            for name in ["a", "b", "c"] {
                let may_come = progress.clone().step(name);
                prop_assert_eq!(may_come, expected.iter().any(|e| e == name), "{}", text);
            }
            // A step that is not legal changes nothing.
            if !progress.step(&event.to_string()) {
                prop_assert_eq!(progress.expected(), expected);
            }
        }
    }
}
