//! Runs a sandbox by hand: `cargo run -p offshoot-sandbox --example sandbox -- --port 3000`.

use std::error::Error;
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr};

use offshoot_sandbox::{DEFAULT_TOKEN, Sandbox, SandboxConfig};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let port = match (arguments.next().as_deref(), arguments.next()) {
        (None, _) => 0,
        (Some("--port"), Some(port)) => port.parse()?,
        _ => return Err("usage: sandbox [--port N]".into()),
    };
    let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let sandbox = Sandbox::bind(SandboxConfig::default().addr(addr)).await?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "export DAGSTER_CLOUD_URL={}", sandbox.url())?;
    writeln!(stdout, "export DAGSTER_CLOUD_API_TOKEN={DEFAULT_TOKEN}")?;
    stdout.flush()?;
    sandbox.serve(tokio::signal::ctrl_c()).await;
    Ok(())
}
