//! The program `dify-contract`.

use std::process::ExitCode;

fn main() -> ExitCode {
    dify_contract::cli::run(std::env::args_os()).into()
}
