//! What all requests share.

use std::{net::IpAddr, sync::Arc, time::Duration};

use offshoot_core::{
    env::Env,
    ops::{Event, WaitLimits},
    plus::{Connection, DeploymentName},
    ports::Events,
};
use offshoot_native::TokioHttp;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, watch};

use super::{
    Options, listen::Address, shared_reads::SharedReads, token::Token, workspace::Workspace,
};
use crate::host::{self, Host};

/// What all requests share.
pub struct Sidecar {
    /// Dagster+, pinned at the start.
    pub connection: Connection,
    /// Where builds of the default branch go.
    pub full: Option<DeploymentName>,
    /// How long waits take that say nothing of it.
    pub limits: WaitLimits,
    /// The variables that Git is told of.
    pub env: Env,
    /// Where files may be read.
    pub workspace: Workspace,
    /// What every request must show.
    pub token: Token,
    /// The address that a `Host` header may name besides loopback.
    pub bound: Option<IpAddr>,
    http: SharedReads<TokioHttp>,
    slots: Arc<Semaphore>,
    /// How many operations run. Every request touches it, so that idleness can be told.
    running: watch::Sender<usize>,
    stop: Notify,
    is_stopping: watch::Sender<bool>,
    is_cut: watch::Sender<bool>,
}

impl Sidecar {
    /// The state at the start.
    pub fn new(options: Options, address: &Address) -> Arc<Self> {
        Arc::new(Self {
            connection: options.connection,
            full: options.full,
            limits: options.limits,
            http: SharedReads::new(TokioHttp::new(options.env.clone())),
            env: options.env,
            workspace: options.workspace,
            token: options.token,
            bound: address.ip(),
            slots: Arc::new(Semaphore::new(options.max_operations)),
            running: watch::Sender::new(0),
            stop: Notify::new(),
            is_stopping: watch::Sender::new(false),
            is_cut: watch::Sender::new(false),
        })
    }

    /// A host whose events go to `events`.
    pub fn host_with(&self, events: impl Events + 'static) -> Host {
        host::of_request(self.http.clone(), events)
    }

    /// A host whose events go nowhere: the answer says it all.
    pub fn host(&self) -> Host {
        self.host_with(Unheard)
    }

    /// The right to run one more operation, if there is room.
    pub fn slot(self: &Arc<Self>) -> Option<Slot> {
        let permit = Arc::clone(&self.slots).try_acquire_owned().ok()?;
        self.running.send_modify(|running| *running += 1);
        Some(Slot { sidecar: Arc::clone(self), _permit: permit })
    }

    /// Takes note of a request.
    pub fn touch(&self) {
        self.running.send_modify(|_| ());
    }

    /// Done when no operation has run and no request has come for `idle`.
    pub async fn is_idle_for(&self, idle: Duration) {
        let mut running = self.running.subscribe();
        loop {
            // The sender lives as long as `self`, so neither of these can fail.
            drop(running.wait_for(|running| *running == 0).await);
            if tokio::time::timeout(idle, running.changed()).await.is_err() {
                return;
            }
        }
    }

    /// Asks the sidecar to end.
    pub fn stop(&self) {
        self.stop.notify_one();
    }

    /// Done when somebody has asked the sidecar to end.
    pub async fn stop_called(&self) {
        self.stop.notified().await;
    }

    /// From now on the sidecar is not ready.
    pub fn begin_stop(&self) {
        self.is_stopping.send_replace(true);
    }

    /// Whether the sidecar is ending.
    pub fn is_stopping(&self) -> bool {
        *self.is_stopping.borrow()
    }

    /// Ends the operations that run.
    pub fn cut_work(&self) {
        self.is_cut.send_replace(true);
    }

    /// Done when operations are to end.
    pub async fn work_is_cut(&self) {
        let mut is_cut = self.is_cut.subscribe();
        // The sender lives as long as `self`.
        drop(is_cut.wait_for(|is_cut| *is_cut).await);
    }
}

/// The right to run an operation. Dropping it gives the right back.
pub struct Slot {
    sidecar: Arc<Sidecar>,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.sidecar.running.send_modify(|running| *running -= 1);
    }
}

/// Events that nobody listens to.
struct Unheard;

impl Events for Unheard {
    fn emit(&self, _: Event) {}
}
