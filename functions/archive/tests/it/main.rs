//! Landing as a caller sees it.

mod landing;
mod outbox;
mod support;
mod synced;
