//! Tasks beside each other.

use std::sync::Mutex;

use crate::BulkError;

/// Something to do once, on any thread.
pub(crate) type Task<'a> = Box<dyn FnOnce() -> Result<(), BulkError> + Send + 'a>;

/// Does every task, taken in order by at most that many threads; the error is that of the first task that failed,
/// in their order.
pub(crate) fn together(threads: usize, tasks: Vec<Task<'_>>) -> Result<(), BulkError> {
    let threads = threads.min(tasks.len());
    if threads <= 1 {
        return tasks.into_iter().try_for_each(|task| task());
    }
    let failures = Mutex::new(Vec::new());
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let work = || {
        while let Some((place, task)) = next(&queue) {
            if let Err(error) = task() {
                lock(&failures).push((place, error));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
    let failures = failures.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    failures.into_iter().min_by_key(|(place, _)| *place).map_or(Ok(()), |(_, error)| Err(error))
}

fn next<'a>(queue: &Mutex<impl Iterator<Item = (usize, Task<'a>)>>) -> Option<(usize, Task<'a>)> {
    lock(queue).next()
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn every_task_is_done_once_and_the_first_failure_is_told() {
        for threads in [1, 2, 5] {
            let done = AtomicUsize::new(0);
            let task = |place: usize| -> Task<'_> {
                let done = &done;
                Box::new(move || {
                    done.fetch_add(1, Ordering::Relaxed);
                    Ok(()).and(if place % 10 == 9 { Err(failure(place)) } else { Ok(()) })
                })
            };
            let error = together(threads, (0..30).map(task).collect()).unwrap_err();
            assert!(error.to_string().contains("`9`"), "{error}");
            assert!(threads == 1 || done.into_inner() == 30);
        }
    }

    fn failure(place: usize) -> BulkError {
        BulkError::Setting { key: "threads", found: place.to_string(), expected: String::new() }
    }
}
