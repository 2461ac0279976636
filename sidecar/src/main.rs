//! The `offshoot` binary: one-shot commands, and the HTTP sidecar.

mod app;
mod cli;
mod failure;
mod host;
mod log;
mod progress;
mod report;
mod runtime;
mod serve;

use std::process::ExitCode;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    let run = match cli::parse(std::env::args_os()) {
        Ok(run) => run,
        Err(early) => return early.finish(),
    };
    let app = app::App::from_process();
    match run(&app) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.finish(&app),
    }
}
