//! The runtime of the work that nobody waits for: landing, commits to the lake and its other jobs.
//!
//! Its threads give way to those that answer requests and decide: on a machine whose cores are busy, a pass over the lake
//! takes longer, and a request does not wait for it. What piles up is bounded, since senders are held back by it.

use std::io;

use tokio::runtime::{Builder, Handle, Runtime};

/// Threads that compute.
const WORKERS: usize = 2;

/// Most threads that wait for files and encode beside them; they are started when there is work and end when there is none.
/// A table is opened by one that waits for others of them to read its log, so as few as tables are opened beside each other
/// would wait for each other for ever.
pub(super) const HELPERS: usize = 64;

/// A runtime whose threads come last.
pub(super) struct Behind(Option<Runtime>);

impl Behind {
    /// Starts its threads.
    pub(super) fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .max_blocking_threads(HELPERS)
            .thread_name("weir-behind")
            .on_thread_start(give_way)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Where tasks of it are started.
    pub(super) fn handle(&self) -> Handle {
        self.0.as_ref().map_or_else(Handle::current, |runtime| runtime.handle().clone())
    }
}

impl Drop for Behind {
    /// What is still at work is given up, which all of it is made for.
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Lets other threads of the process go first: about a tenth of their weight, a niceness of 9. Only where that is a
/// thread's own and not its process'.
#[cfg(target_os = "linux")]
pub(super) fn give_way() {
    use thread_priority::{ThreadPriority, ThreadPriorityValue, set_current_thread_priority};

    let set = ThreadPriorityValue::try_from(23_u8).and_then(|value| {
        set_current_thread_priority(ThreadPriority::Crossplatform(value))
            .map_err(|error| format!("{error:?}"))
    });
    if let Err(error) = set {
        tracing::debug!("a thread of the lake has the priority of all others: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) const fn give_way() {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn its_threads_are_nicer_than_others() {
        let nice = || {
            let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
            let mut fields = stat.rsplit(')').next().unwrap().split_whitespace();
            fields.nth(16).unwrap().parse::<i64>().unwrap()
        };
        let behind = Behind::start().unwrap();
        let own = nice();
        let (send, receive) = std::sync::mpsc::channel();
        behind.handle().spawn(async move { send.send(nice()).unwrap() });
        assert!(receive.recv().unwrap() > own);
    }
}
