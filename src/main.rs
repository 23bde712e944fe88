use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::run::*;
fn main() {
    let overlay =
        Overlay::parse("built-in", std::fs::read_to_string("specs/dify.overlay.yaml").unwrap())
            .unwrap();
    let mut args = std::env::args().skip(1);
    let har = args.next().unwrap();
    let specs: Vec<String> = args.collect();
    let c = match Contract::load(Sources {
        specs,
        optional_overlays: vec![overlay],
        ..Default::default()
    }) {
        Ok(c) => c,
        Err(e) => {
            for p in e {
                println!("error: {p}")
            }
            return;
        }
    };
    let t = std::time::Instant::now();
    let r = check_recordings(&c, &[har], &CheckOptions::default()).unwrap();
    eprintln!(
        "{:?} {:?} raw {} findings {}",
        t.elapsed(),
        r.exchanges,
        r.disagreements,
        r.findings.len()
    );
    println!("{}", serde_json::to_string_pretty(&r).unwrap());
}
