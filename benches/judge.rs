//! How fast documents load and recordings are judged, and how much memory that takes.
//!
//! With `DIFY_CONTRACT_CORPUS` the same is measured on real documents and recordings.

#![expect(clippy::expect_used, clippy::print_stdout, reason = "it fails by panicking, and says so")]

mod support;

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use dify_contract::contract::{Contract, Overlay, Sources};
use dify_contract::run::{CheckOptions, check_recordings};

fn load(spec: &str) -> Contract {
    let overlay = include_str!("../specs/dify.overlay.yaml").to_owned();
    let overlay =
        Overlay::parse("built-in overlay", overlay).expect("the built-in overlay is valid");
    let sources = Sources {
        specs: vec![spec.to_owned()],
        optional_overlays: vec![overlay],
        ..Sources::default()
    };
    Contract::load(sources).expect("the document is valid")
}

fn load_and_compile(spec: &str) {
    let contract = load(spec);
    for id in contract.schemas.all() {
        black_box(contract.schemas.get(id));
    }
}

fn documents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("load and compile");
    group.sample_size(10).measurement_time(Duration::from_secs(10));
    group.sampling_mode(SamplingMode::Flat);
    let made = support::document(5000);
    group.bench_function("a made document of 5,000 operations", |b| {
        b.iter(|| load_and_compile(&made));
    });
    if let Some(published) = support::corpus("specs/dify-docs-1.16.en.json") {
        let path = published.to_string_lossy().into_owned();
        group.bench_function("the published document", |b| b.iter(|| load_and_compile(&path)));
    }
}

fn recordings(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("judge");
    group.sample_size(10).measurement_time(Duration::from_secs(15));
    group.sampling_mode(SamplingMode::Flat);
    let contract = load(&support::document(10));
    let made = support::recording(20_000);
    group.throughput(Throughput::Elements(20_000));
    group.bench_function("20,000 made exchanges", |b| b.iter(|| judge(&contract, &made)));
    let real = support::corpus("recordings/dify-1.14.2.har")
        .zip(support::corpus("specs/dify-docs-1.16.en.json"));
    if let Some((recording, spec)) = real {
        let contract = load(&spec.to_string_lossy());
        let (path, count) = support::repeated(&recording, 100);
        group.throughput(Throughput::Elements(count as u64));
        group.bench_function("a real recording, 100 times", |b| b.iter(|| judge(&contract, &path)));
    }
}

fn judge(contract: &Contract, recording: &str) {
    let inputs = [recording.to_owned()];
    let result = check_recordings(contract, &inputs, &CheckOptions::default());
    black_box(result.expect("the recording can be opened"));
}

/// Not timed: the peak of memory must not grow with the recording.
fn memory(_: &mut Criterion) {
    let contract = load(&support::document(10));
    for exchanges in [5_000, 20_000, 80_000] {
        let recording = support::recording(exchanges);
        judge(&contract, &recording);
        let size = std::fs::metadata(&recording).map_or(0, |data| data.len()) / 1_000_000;
        match peak_megabytes() {
            Some(peak) => {
                println!("memory: {exchanges} exchanges ({size} MB) judged, peak so far {peak} MB");
            }
            None => println!("memory: this system does not tell the peak"),
        }
    }
}

/// The largest resident size of this process so far, where the system tells it.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1000)
}

criterion_group!(benches, memory, recordings, documents);
criterion_main!(benches);
