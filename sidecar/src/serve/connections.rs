//! Connections: bounded in number, in headers and in time, and finished at the end.
//!
//! `axum::serve` has none of these bounds, hyper's own connection has.

use std::{
    collections::BTreeMap,
    future::pending,
    io,
    pin::pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::Router;
use hyper::{server::conn::http1, service::Service as _};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::{
    sync::{Semaphore, oneshot},
    time::{sleep, timeout},
};

use super::listen::Listen;

/// How many connections may be open, unless more operations are allowed.
pub const MAX: usize = 512;
/// How many headers a request may have.
const MAX_HEADERS: usize = 64;
/// How many bytes the head of a request may have.
const MAX_HEAD: usize = 32 * 1024;
/// How long the head of a request may take, also on a connection that is kept open.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to wait after a failed accept, which is mostly a lack of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// How long the answers to work that was cut off may take.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How serving ends.
pub struct End<S, C> {
    /// Done when no more connections are to be taken.
    pub stop: S,
    /// How long work may go on after that.
    pub drain: Duration,
    /// Ends the work that is left.
    pub cut: C,
}

/// Serves until the end has come.
pub async fn serve<L: Listen>(
    listener: L,
    router: Router,
    max: usize,
    end: End<impl Future<Output = ()>, impl FnOnce()>,
) {
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD);
    let permits = Arc::new(Semaphore::new(max));
    let silent = Silent::default();
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(end.stop);
    let mut next = 0_u64;
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => accepted,
        };
        let stream = match accepted {
            Ok(stream) => stream,
            Err(error) if concerns_one(&error) => continue,
            Err(_) => {
                silent.end_oldest();
                sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        if permits.available_permits() == 0 {
            silent.end_oldest();
        }
        let permit = tokio::select! {
            () = &mut stop => break,
            permit = Arc::clone(&permits).acquire_owned() => permit,
        };
        next += 1;
        let (id, ended) = (next, silent.add(next));
        let service = TowerToHyperService::new(router.clone());
        let spoke = silent.clone();
        let service = hyper::service::service_fn(move |request| {
            spoke.remove(id);
            service.call(request)
        });
        let connection = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        let silent = silent.clone();
        tokio::spawn(async move {
            tokio::select! {
                // A connection that the client breaks off concerns nobody else.
                _ = connection => {}
                () = ended => {}
            }
            silent.remove(id);
            drop(permit);
        });
    }
    drop(listener);
    silent.end_all();
    let mut finished = pin!(graceful.shutdown());
    if timeout(end.drain, &mut finished).await.is_err() {
        (end.cut)();
        // Whoever does not read the answer now never will.
        let _unread = timeout(LAST_WORDS, finished).await;
    }
}

/// The connections that have not sent the head of a request yet, oldest first.
///
/// When all places are taken, the oldest of these makes room: clients that keep silent cannot keep out those
/// that have something to ask.
#[derive(Clone, Default)]
struct Silent(Arc<Mutex<BTreeMap<u64, oneshot::Sender<()>>>>);

impl Silent {
    /// Takes note of a connection. The future is done when that is to end.
    fn add(&self, id: u64) -> impl Future<Output = ()> + use<> {
        let (end, ended) = oneshot::channel();
        self.lock().insert(id, end);
        async {
            // The other side is dropped when the connection is silent no longer.
            if ended.await.is_err() {
                pending().await
            }
        }
    }

    fn remove(&self, id: u64) {
        self.lock().remove(&id);
    }

    fn end_oldest(&self) {
        if let Some((_, end)) = self.lock().pop_first() {
            let _gone = end.send(());
        }
    }

    fn end_all(&self) {
        for (_, end) in std::mem::take(&mut *self.lock()) {
            let _gone = end.send(());
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, oneshot::Sender<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a failed accept says something of that connection only.
fn concerns_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionReset | Interrupted)
}
