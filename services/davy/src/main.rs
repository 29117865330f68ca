//! The `davy` program: arguments in, exit code out. Everything between is `davy_cli`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let code = runtime.block_on(davy_cli::run(std::env::args_os(), now));
            // A read of the disk that hangs must not keep a process that has ended.
            runtime.shutdown_background();
            code
        }
        Err(error) => davy_cli::fail(&anyhow::Error::new(error).context("start the runtime")),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "ages and relative times on the terminal are those of its clock"
)]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
