//! `mock`: what its start page tells.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use super::Run;
use super::live::bare;

#[test]
fn the_start_page_tells_its_faults_and_what_to_paste() {
    let faults = ["null-property:GET /info#/name", "slow=1"];
    let mut command = bare("mocking");
    command.args(["mock", "--listen", "localhost:0", "--fault", faults[0], "--fault", faults[1]]);
    let mut mock = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = Vec::new();
    for line in BufReader::new(mock.stdout.take().unwrap()).lines() {
        lines.push(line.unwrap());
        if lines.last().unwrap().starts_with("ready http://127.0.0.1:") {
            break;
        }
    }
    let exports = lines.iter().filter_map(|line| line.strip_prefix("  export ")?.split_once('='));
    let mut doctor = bare("mocking-doctor");
    let doctor = Run::of(&doctor.arg("doctor").envs(exports).output().unwrap());
    mock.kill().unwrap();
    mock.wait().unwrap();
    let page = lines.join("\n");
    let wrong =
        "does wrong\n  null-property:GET /info#/name: a member of an answer is null\n  slow=1: ";
    assert!(page.contains(wrong), "{page}");
    // All keys are there, and open what they are said to open.
    assert!(doctor.stdout.contains("DIFY_HUMAN_INPUT_KEY, accepted"), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("DIFY_KNOWLEDGE_KEY, accepted"), "{}", doctor.stdout);
}

#[test]
fn a_fault_that_takes_another_one_says_so() {
    let wrong = |faults: &[&str]| {
        let mut command = bare("lonely");
        command.arg("mock").args(["--port", "0"]);
        command.args(faults.iter().flat_map(|fault| ["--fault", fault]));
        let run = Run::of(&command.output().unwrap());
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        run.stderr
    };
    let told = wrong(&["deleted-still-listed:DELETE /datasets/tags"]);
    assert!(told.contains("--fault 'deleted-still-listed:GET /datasets/tags'"), "{told}");
    let told = wrong(&["deleted-still-listed:GET /datasets"]);
    assert!(
        told.contains("--fault 'deleted-still-listed:DELETE /datasets/{dataset_id}'"),
        "{told}"
    );
    // What is deleted here is not listed there.
    let (delete, list) = ("DELETE /datasets/tags", "GET /datasets");
    let told = wrong(
        &[delete, list]
            .map(|at| format!("deleted-still-listed:{at}"))
            .each_ref()
            .map(String::as_str),
    );
    assert!(told.contains("GET /datasets/tags") && told.contains("{dataset_id}"), "{told}");
    let told = wrong(&["deleted-still-listed:GET /info"]);
    assert!(told.contains("does nothing"), "{told}");
}
