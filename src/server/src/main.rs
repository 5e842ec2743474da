//! Starts the server.

use anyhow::Context as _;
use server::{App, Options, output};
use std::net::SocketAddr;
use std::process::ExitCode;
use std::time::Duration;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

/// How long requests under way may take after the server was asked to end.
const LONGEST_GOODBYE: Duration = Duration::from_secs(5);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::problem(&told(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and its causes, each once: many say their cause themselves.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !told.contains(&cause) {
            told = if told.is_empty() { cause } else { format!("{told}: {cause}") };
        }
    }
    told
}

fn run() -> anyhow::Result<()> {
    let filter = EnvFilter::try_from_env("VALISE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,server=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let Some(options) = Options::parse(std::env::args_os().skip(1))? else {
        output::line(server::USAGE);
        return Ok(());
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(serve(options))
}

async fn serve(options: Options) -> anyhow::Result<()> {
    let address = SocketAddr::new(options.host, options.port);
    // First the port: a second server must not touch the first one's data.
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address}; is another server running? choose another --port")
    })?;
    let origin = match &options.origin {
        Some(origin) => origin.clone(),
        None => format!("http://{}", listener.local_addr()?),
    };
    let app = App::open(options).await?;
    output::line(&format!("ready: {origin}"));
    if let Some(link) = app.setup_link(&origin) {
        output::line(&format!("nobody can sign in yet; make the administrator at: {link}"));
    }
    if !app.demo_users().is_empty() {
        output::line(&format!("demo users: {} (password: demo)", app.demo_users().join(", ")));
    }
    let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopping) = tokio::sync::watch::channel(false);
    let mut asked = stopping.clone();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move {
        asked.wait_for(|asked| *asked).await.map(drop).unwrap_or_default()
    });
    let deadline = async {
        stop_asked_for().await;
        stop.send_replace(true);
        tokio::time::sleep(LONGEST_GOODBYE).await;
    };
    tokio::select! {
        ended = serving => ended?,
        () = deadline => tracing::warn!("some requests did not end in time"),
    }
    app.database().close().await;
    Ok(())
}

/// Ends when somebody presses Ctrl-C or the machine asks the process to end.
async fn stop_asked_for() {
    let interrupt = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "Ctrl-C cannot be heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(error) => {
                tracing::error!(%error, "the signal to end cannot be heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
    tracing::info!("stopping");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_cause_is_told_once() {
        let error = anyhow::anyhow!("disk full").context("no folder: disk full").context("not started");
        assert_eq!(told(&error), "not started: no folder: disk full");
    }
}
