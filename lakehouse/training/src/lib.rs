#![doc = include_str!("../README.md")]

mod bins;
mod boost;
mod calibrate;
mod demo;
mod error;
mod evaluate;
mod grow;
mod histogram;
mod history;
mod item;
mod metrics;
mod model;
mod period;
mod report;
mod settings;
mod split;
mod threshold;
mod train;

pub use demo::{DEMO_MODEL, DEMO_POLICY, Demo, demo_settings};
pub use error::{Kind, TrainError};
pub use evaluate::evaluate;
pub use item::{Item, generated, in_time_order};
pub use metrics::{Cut, Metrics};
pub use period::{Bounds, Protocol};
pub use report::{PeriodReport, Report, Strength};
pub use settings::{Boosting, Settings, Unlabelled};
pub use threshold::Thresholds;
pub use train::{Trained, train};
