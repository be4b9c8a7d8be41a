//! The shop's events in order of time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use weir_events::{Label, Timestamp, Transaction};

use crate::draft::Draft;
use crate::expand::{expand, habit};
use crate::labels::Labels;
use crate::pattern::Case;
use crate::plan::{Plan, plan};
use crate::profile::Profile;
use crate::random::{Purpose, Random};
use crate::render;
use crate::settings::{Settings, SettingsError};
use crate::world::{MICROS_PER_DAY, MICROS_PER_SECOND, World};

/// One thing that happens.
#[derive(Clone, PartialEq)]
pub struct Event {
    /// When; never before that of the event before.
    pub at: Timestamp,
    /// What.
    pub kind: EventKind,
}

/// What happens.
#[derive(Clone, PartialEq)]
pub enum EventKind {
    /// An order is placed.
    Transaction {
        /// The order as the shop reports it.
        transaction: Box<Transaction>,
        /// Number of the planted case that it belongs to; a look-alike is a case too.
        case: Option<u32>,
        /// What it really is, whatever its label will say.
        is_fraud: bool,
    },
    /// It becomes known what a transaction was.
    Label(Label),
}

/// The shop's events in order of time, one by one. Memory grows with customers, planted cases, one day's
/// transactions and the labels that wait, not with the length of the run.
#[derive(Clone, Debug)]
pub struct Generator {
    world: World,
    /// First part of every transaction id: other settings, other ids.
    run: u32,
    plans: Vec<Plan>,
    /// Cases before this index are expanded.
    expanded: usize,
    /// Transactions that follow from habits alone.
    habits: u64,
    next_day: u32,
    next_turn: u64,
    /// Transactions yielded so far.
    count: u64,
    queue: BinaryHeap<Reverse<Draft>>,
    labels: Labels,
}

impl Generator {
    /// Plans the shop; fails if a setting is out of its range.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        settings.validate()?;
        let run = run_digest(&settings);
        let mut world = World::new(settings);
        let plans = plan(&mut world);
        let planned = plans.iter().map(Plan::drafts).sum::<u64>();
        let habits = world.settings.transactions.saturating_sub(planned);
        Ok(Self {
            world,
            run,
            plans,
            expanded: 0,
            habits,
            next_day: 0,
            next_turn: 0,
            count: 0,
            queue: BinaryHeap::new(),
            labels: Labels::default(),
        })
    }

    /// The settings that the shop was made from.
    pub const fn settings(&self) -> &Settings {
        &self.world.settings
    }

    /// The cases of which at least one transaction was yielded, in order of their number. Ask when the iterator
    /// has ended to get all of them.
    pub fn cases(&self) -> Vec<Case> {
        let begun = self.plans.iter().enumerate().filter(|(_, plan)| !plan.transactions.is_empty());
        begun.map(|(index, plan)| self.case(index as u32, plan)).collect()
    }

    fn case(&self, index: u32, plan: &Plan) -> Case {
        Case {
            number: index + 1,
            pattern: plan.pattern,
            text: plan.text(),
            transaction_ids: plan.transactions.iter().map(|number| self.id(*number)).collect(),
        }
    }

    /// What the id of every transaction begins with: other settings, other ids.
    pub fn id_prefix(&self) -> String {
        format!("{:08x}-", self.run)
    }

    fn id(&self, number: u64) -> String {
        format!("{}{number:08}", self.id_prefix())
    }

    /// Queues days until the next transaction is certain.
    fn fill(&mut self) {
        while self.next_day < self.world.settings.days {
            let day_start = i64::from(self.next_day) * MICROS_PER_DAY;
            if self.queue.peek().is_some_and(|Reverse(draft)| draft.at < day_start) {
                return;
            }
            self.expand_until(day_start + MICROS_PER_DAY);
            self.add_habits(self.next_day);
            self.next_day += 1;
        }
    }

    fn expand_until(&mut self, end: i64) {
        while let Some(plan) = self.plans.get(self.expanded).filter(|plan| plan.start < end) {
            let drafts = expand(&self.world, plan, self.expanded as u32);
            self.expanded += 1;
            for draft in drafts {
                self.push(draft);
            }
        }
    }

    fn add_habits(&mut self, day: u32) {
        let weights = |days: u32| i128::from(weight_until(&self.world.settings, days));
        let total = weights(self.world.settings.days);
        let until = |days: u32| (i128::from(self.habits) * weights(days) / total) as u64;
        for index in 0..until(day + 1) - until(day) {
            let mut random = Random::new(self.world.seed(), Purpose::Habit, u64::from(day), index);
            let account = self.world.customer(&mut random);
            let second = Profile::new(&self.world, account).second_of_day(&mut random) as i64;
            let at = i64::from(day) * MICROS_PER_DAY + second * MICROS_PER_SECOND;
            let draft = habit(&self.world, account, at, 0.0, &mut random);
            self.push(draft);
        }
    }

    fn push(&mut self, mut draft: Draft) {
        draft.turn = self.next_turn;
        self.next_turn += 1;
        self.queue.push(Reverse(draft));
    }

    fn next_label(&mut self) -> Option<Event> {
        let run = self.run;
        let label = self.labels.pop(|number| format!("{run:08x}-{number:08}"))?;
        Some(Event { at: label.known_at, kind: EventKind::Label(label) })
    }

    fn next_transaction(&mut self) -> Option<Event> {
        let Reverse(draft) = self.queue.pop()?;
        self.count += 1;
        let at = self.time_of(&draft);
        self.labels.add(&self.world.settings, self.count, at, draft.is_fraud);
        if let Some(plan) = draft.case.and_then(|case| self.plans.get_mut(case as usize)) {
            plan.transactions.push(self.count);
        }
        let transaction = Box::new(render::transaction(&self.world, &draft, self.id(self.count), at));
        let case = draft.case.map(|case| case + 1);
        Some(Event { at, kind: EventKind::Transaction { transaction, case, is_fraud: draft.is_fraud } })
    }

    const fn time_of(&self, draft: &Draft) -> Timestamp {
        self.world.settings.start.plus_micros(draft.at)
    }
}

impl Iterator for Generator {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.fill();
        let transaction_at = self.queue.peek().map(|Reverse(draft)| self.time_of(draft));
        match (transaction_at, self.labels.next_at()) {
            (Some(placed), Some(known)) if known < placed => self.next_label(),
            (Some(_), _) => self.next_transaction(),
            (None, _) => self.next_label(),
        }
    }
}

/// Traffic of the first `days` days: a Saturday or Sunday counts 13, any other day 10.
fn weight_until(settings: &Settings, days: u32) -> u64 {
    // 1970-01-01 was a Thursday.
    let first = i64::from(settings.start.epoch_day());
    (0..i64::from(days)).map(|day| if (first + day + 3).rem_euclid(7) >= 5 { 13 } else { 10 }).sum()
}

/// Thirty-two bits of everything that is set.
fn run_digest(settings: &Settings) -> u32 {
    let text = serde_json::to_vec(settings).unwrap_or_default();
    let mut digest = settings.seed;
    for chunk in text.chunks(8) {
        let mut bytes = [0; 8];
        bytes[..chunk.len()].copy_from_slice(chunk);
        digest = Random::new(digest, Purpose::Run, u64::from_le_bytes(bytes), chunk.len() as u64).bits();
    }
    (digest >> 32) as u32
}
