//! What a metric is, and the text that Prometheus reads.
//!
//! Everything is counted where it happens and read when somebody asks, so there is no registry: a page is written
//! from the counters of the moment.

use std::fmt::{Display, Write};

use super::buckets::Buckets;

/// How a metric behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Only grows, from 0 at the start of the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts by size.
    Histogram,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct Metric {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// Names of its labels; their values are few and known beforehand.
    pub(crate) labels: &'static [&'static str],
    pub(crate) meaning: &'static str,
}

/// A page in the making.
#[derive(Default)]
pub(super) struct Page(String);

impl Metric {
    pub(super) const fn new(
        name: &'static str,
        kind: Kind,
        labels: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self { name, kind, labels, meaning }
    }
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl Page {
    /// A metric without labels.
    pub(super) fn one(&mut self, metric: &Metric, value: impl Display) {
        self.head(metric);
        self.sample(metric.name, &[], &[], value);
    }

    /// A metric with one value for each set of labels.
    pub(super) fn many<const N: usize, L: AsRef<str>, V: Display>(
        &mut self,
        metric: &Metric,
        values: impl IntoIterator<Item = ([L; N], V)>,
    ) {
        self.head(metric);
        for (labels, value) in values {
            self.sample(metric.name, metric.labels, &labels.each_ref().map(AsRef::as_ref), value);
        }
    }

    /// A histogram for each set of labels.
    pub(super) fn histograms<'a, const N: usize>(
        &mut self,
        metric: &Metric,
        histograms: impl IntoIterator<Item = ([&'a str; N], &'a Buckets)>,
    ) {
        self.head(metric);
        let names: Vec<&str> = metric.labels.iter().copied().chain(["le"]).collect();
        for (labels, buckets) in histograms {
            for (bound, count) in buckets.cumulative() {
                let bound = bound.map_or_else(|| "+Inf".to_owned(), |bound| bound.to_string());
                let values: Vec<&str> = labels.iter().copied().chain([bound.as_str()]).collect();
                self.sample(&format!("{}_bucket", metric.name), &names, &values, count);
            }
            self.sample(&format!("{}_sum", metric.name), metric.labels, &labels, buckets.sum());
            self.sample(&format!("{}_count", metric.name), metric.labels, &labels, buckets.count());
        }
    }

    pub(super) fn text(self) -> String {
        self.0
    }

    fn head(&mut self, metric: &Metric) {
        let (name, meaning, kind) = (metric.name, metric.meaning, metric.kind.name());
        // Writing to a string cannot fail.
        let _ = writeln!(self.0, "# HELP {name} {meaning}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[&str], values: &[&str], value: impl Display) {
        self.0.push_str(name);
        for (index, (label, text)) in labels.iter().zip(values).enumerate() {
            let open = if index == 0 { '{' } else { ',' };
            let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
            let _ = write!(self.0, "{open}{label}=\"{text}\"");
        }
        let close = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{close} {value}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_written_so_that_they_read_back() {
        let metric = Metric::new("one_total", Kind::Counter, &["a", "b"], "Something.");
        let mut page = Page::default();
        page.many(&metric, [(["x\"y", "back\\slash"], 2)]);
        let expected = "# HELP one_total Something.\n# TYPE one_total counter\n\
                        one_total{a=\"x\\\"y\",b=\"back\\\\slash\"} 2\n";
        assert_eq!(page.text(), expected);
    }
}
