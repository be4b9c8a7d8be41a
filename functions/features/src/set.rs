//! Feature sets: which features, in which order, under which version.

use weir_events::EntityKind;

use crate::counterparty::{FIRST_USE_KINDS, counterparties};
use crate::definition::Definition;
use crate::field::Field;
use crate::statistic::{DelayedStatistic, Statistic};
use crate::vector::slot;
use crate::window::{DAY, Window};

/// How much later than the newest event an event may still be folded.
pub const LATENESS: i64 = DAY;

/// Delay after which a label counts as known in delayed windows, unless a set says otherwise.
const DELAY: i64 = 7 * DAY;

/// One feature of a set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Name, unique in the set.
    pub name: String,
    /// Unit of the value.
    pub unit: &'static str,
    /// Meaning in words.
    pub meaning: String,
    /// `name@hash(definition)`: two features with one id have one definition.
    pub id: String,
    /// What it is.
    pub definition: Definition,
}

/// An ordered list of features; a vector holds one value of each, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureSet {
    features: Vec<Feature>,
    version: String,
    delay: i64,
    kinds: Vec<EntityKind>,
    /// By kind, in the order of [`EntityKind::ALL`].
    reads: [Reads; EntityKind::ALL.len()],
}

/// What the features of a set read of the state of one kind, beyond plain windows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reads {
    /// Distinct counterparties.
    pub(crate) distinct: bool,
    /// Delayed windows, with this delay.
    pub(crate) delay: Option<i64>,
    /// First uses; customers only.
    pub(crate) first_uses: bool,
}

impl FeatureSet {
    /// Every feature.
    pub fn full() -> Self {
        let mut definitions = FIELDS.map(Definition::Field).to_vec();
        for kind in EntityKind::ALL {
            for window in Window::ALL {
                let statistics = SIMPLE.into_iter().chain(distinct(kind));
                definitions.extend(statistics.map(|statistic| Definition::Windowed {
                    kind,
                    window,
                    statistic,
                }));
            }
            definitions.push(Definition::SecondsSinceLast(kind));
        }
        for window in Window::ALL {
            definitions.extend(DELAYED.map(|statistic| merchant_delayed(window, statistic, DELAY)));
        }
        definitions.extend(FIRST_USE_KINDS.map(Definition::FirstUse));
        Self::new("full", &definitions, DELAY)
    }

    /// The features of the Fraud Detection Handbook (chapter 3, "Baseline feature transformation"), delay 7 days.
    pub fn handbook() -> Self {
        Self::handbook_with_delay_days(7)
    }

    /// The same with another delay, 0 to 365 days (more counts as 365). States folded for one delay serve no
    /// other: they keep entries for its longest window.
    pub fn handbook_with_delay_days(days: u16) -> Self {
        let delay = i64::from(days.min(365)) * DAY;
        let mut definitions =
            [Field::Amount, Field::IsWeekend, Field::IsNight].map(Definition::Field).to_vec();
        let windows = [Window::Day, Window::Week, Window::Month];
        for statistic in [Statistic::Count, Statistic::Mean] {
            definitions.extend(windows.map(|window| Definition::Windowed {
                kind: EntityKind::Customer,
                window,
                statistic,
            }));
        }
        for statistic in [DelayedStatistic::Count, DelayedStatistic::FraudRate] {
            definitions.extend(windows.map(|window| merchant_delayed(window, statistic, delay)));
        }
        Self::new("handbook", &definitions, delay)
    }

    fn new(name: &str, definitions: &[Definition], delay: i64) -> Self {
        let features: Vec<_> = definitions.iter().copied().map(Feature::new).collect();
        let mut hasher = blake3::Hasher::new();
        for feature in &features {
            hasher.update(feature.id.as_bytes());
            hasher.update(b"\n");
        }
        let version = format!("{name}@{}", &hasher.finalize().to_hex()[..16]);
        let kinds = EntityKind::ALL.into_iter().filter(|kind| reads(definitions, *kind)).collect();
        let reads = EntityKind::ALL.map(|kind| Reads::of(definitions, kind));
        Self { features, version, delay, kinds, reads }
    }

    /// The features, in order.
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// Name and hash, `full@<16 hex digits>`; it changes with every definition and with the order.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The feature of a name.
    pub fn by_name(&self, name: &str) -> Option<&Feature> {
        self.position(name).and_then(|place| self.features.get(place))
    }

    /// Place of the feature of a name, in vectors too.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.features.iter().position(|feature| feature.name == name)
    }

    /// Place of the feature of an id, in vectors too.
    pub fn position_of_id(&self, id: &str) -> Option<usize> {
        self.features.iter().position(|feature| feature.id == id)
    }

    /// Kinds whose state the set reads and folds.
    pub fn kinds(&self) -> &[EntityKind] {
        &self.kinds
    }

    /// What its features read of a kind.
    pub(crate) fn reads(&self, kind: EntityKind) -> Reads {
        self.reads.get(slot(kind)).copied().unwrap_or_default()
    }

    /// How far back a vector reads in the state of a kind, microseconds.
    pub(crate) const fn reach(&self, kind: EntityKind) -> i64 {
        match kind {
            EntityKind::Merchant => Window::Month.micros() + self.delay,
            _ => Window::Month.micros(),
        }
    }

    /// How long states keep entries, microseconds: the longest window, the delay, the lateness allowance.
    pub const fn retention(&self) -> i64 {
        Window::Month.micros() + self.delay + LATENESS
    }
}

impl Reads {
    fn of(definitions: &[Definition], read: EntityKind) -> Self {
        let mut reads = Self::default();
        for definition in definitions {
            match *definition {
                Definition::Windowed { kind, statistic: Statistic::Distinct(_), .. } if kind == read => {
                    reads.distinct = true;
                }
                Definition::Delayed { kind, delay, .. } if kind == read => reads.delay = Some(delay),
                Definition::FirstUse(_) if read == EntityKind::Customer => reads.first_uses = true,
                _ => (),
            }
        }
        reads
    }
}

impl Feature {
    fn new(definition: Definition) -> Self {
        let name = definition.name();
        let hash = blake3::hash(definition.text().as_bytes()).to_hex();
        Self {
            id: format!("{name}@{}", &hash[..8]),
            unit: definition.unit(),
            meaning: definition.meaning(),
            name,
            definition,
        }
    }
}

const FIELDS: [Field; 11] = [
    Field::Amount,
    Field::Quantity,
    Field::CustomerAge,
    Field::AccountAgeDays,
    Field::PaymentMethod,
    Field::ProductCategory,
    Field::DeviceType,
    Field::ShippingDiffersFromBilling,
    Field::Hour,
    Field::IsWeekend,
    Field::IsNight,
];

const SIMPLE: [Statistic; 6] =
    [Statistic::Count, Statistic::Sum, Statistic::Mean, Statistic::Max, Statistic::Ratio, Statistic::ZScore];

const DELAYED: [DelayedStatistic; 3] =
    [DelayedStatistic::Count, DelayedStatistic::FraudCount, DelayedStatistic::FraudRate];

fn distinct(kind: EntityKind) -> impl Iterator<Item = Statistic> {
    counterparties(kind).iter().copied().map(Statistic::Distinct)
}

const fn merchant_delayed(window: Window, statistic: DelayedStatistic, delay: i64) -> Definition {
    Definition::Delayed { kind: EntityKind::Merchant, window, delay, statistic }
}

fn reads(definitions: &[Definition], kind: EntityKind) -> bool {
    definitions.iter().any(|definition| match *definition {
        Definition::Field(_) => false,
        Definition::Windowed { kind: read, .. }
        | Definition::Delayed { kind: read, .. }
        | Definition::SecondsSinceLast(read) => read == kind,
        Definition::FirstUse(_) => kind == EntityKind::Customer,
    })
}
