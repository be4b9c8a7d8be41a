//! A page of metrics read back: by `weir doctor`, and by tests.

use std::collections::BTreeMap;

use super::metric::Metric;

/// The samples of one page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Scrape(Vec<Sample>);

/// One sample.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) value: f64,
}

impl Scrape {
    /// Reads a page; nothing if a line is none of the format.
    pub(crate) fn parse(page: &str) -> Option<Self> {
        let lines = page.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        Some(Self(lines.map(sample).collect::<Option<_>>()?))
    }

    /// All samples.
    #[cfg(test)]
    pub(crate) fn samples(&self) -> &[Sample] {
        &self.0
    }

    /// The samples of a metric that is no histogram.
    pub(crate) fn of(&self, metric: &Metric) -> impl Iterator<Item = &Sample> {
        self.0.iter().filter(|sample| sample.name == metric.name)
    }

    /// The sum of a metric over its labels.
    pub(crate) fn sum(&self, metric: &Metric) -> f64 {
        self.of(metric).map(|sample| sample.value).fold(0.0, |sum, value| sum + value)
    }

    /// The largest value of a metric over its labels.
    pub(crate) fn largest(&self, metric: &Metric) -> f64 {
        self.of(metric).map(|sample| sample.value).fold(0.0, f64::max)
    }

    /// The value that a share of all is at most: the bound of the bucket that it falls into, and how many there are.
    /// Of a histogram that has counted nothing since `before` there is none.
    pub(crate) fn quantile(&self, metric: &Metric, quantile: f64, before: &Self) -> Option<(f64, f64)> {
        let (now, before) = (self.buckets(metric), before.buckets(metric));
        let since = |(bound, count): &(f64, f64)| {
            let earlier = before.iter().find(|(found, _)| found == bound).map_or(0.0, |(_, count)| *count);
            (*bound, count - earlier)
        };
        let buckets: Vec<(f64, f64)> = now.iter().map(since).collect();
        let all = buckets.last().map(|(_, count)| *count).filter(|count| *count > 0.0)?;
        let (bound, _) = buckets.iter().find(|(_, count)| *count >= quantile * all)?;
        Some((*bound, all))
    }

    /// Bounds and cumulative counts of a histogram, its labels together.
    fn buckets(&self, metric: &Metric) -> Vec<(f64, f64)> {
        let name = format!("{}_bucket", metric.name);
        let mut buckets: Vec<(f64, f64)> = Vec::new();
        for sample in self.0.iter().filter(|sample| sample.name == name) {
            let Some(bound) = sample.labels.get("le").and_then(|bound| number(bound)) else { continue };
            match buckets.iter_mut().find(|(found, _)| *found == bound) {
                Some((_, count)) => *count += sample.value,
                None => buckets.push((bound, sample.value)),
            }
        }
        buckets
    }
}

/// `name value` or `name{label="text",…} value`.
fn sample(line: &str) -> Option<Sample> {
    let (series, value) = line.rsplit_once(' ')?;
    let value = number(value)?;
    let Some((name, rest)) = series.split_once('{') else {
        return Some(Sample { name: series.to_owned(), labels: BTreeMap::new(), value });
    };
    let labels = labels(rest.strip_suffix('}')?)?;
    Some(Sample { name: name.to_owned(), labels, value })
}

fn labels(mut text: &str) -> Option<BTreeMap<String, String>> {
    let mut labels = BTreeMap::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"")?;
        let mut value = String::new();
        let mut characters = rest.char_indices();
        let end = loop {
            match characters.next()? {
                (end, '"') => break end,
                (_, '\\') => value.push(match characters.next()?.1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => value.push(other),
            }
        };
        labels.insert(name.to_owned(), value);
        let behind = &rest[end + 1..];
        text = behind.strip_prefix(',').unwrap_or(behind);
    }
    Some(labels)
}

fn number(text: &str) -> Option<f64> {
    if text == "+Inf" { Some(f64::INFINITY) } else { text.parse().ok() }
}

#[cfg(test)]
mod tests {
    use super::super::names::{DECISION_SECONDS, LAG};
    use super::*;

    #[test]
    fn samples_with_and_without_labels_are_read() {
        let page =
            "# HELP x y\nx_total 3\nweir_consumer_lag_records{consumer=\"a\\\"b\",stream=\"c,d\"} 2.5\n";
        let scrape = Scrape::parse(page).unwrap();
        assert_eq!((scrape.samples().len(), scrape.sum(&LAG)), (2, 2.5));
        let labels = &scrape.of(&LAG).next().unwrap().labels;
        assert_eq!((labels["consumer"].as_str(), labels["stream"].as_str()), ("a\"b", "c,d"));
        assert_eq!(Scrape::parse("no value here"), None);
    }

    #[test]
    fn a_quantile_is_the_bound_of_its_bucket_of_what_came_since() {
        let page = |counts: [u32; 3]| {
            let lines = ["0.1", "1", "+Inf"].iter().zip(counts);
            let line = |(bound, count)| format!("weir_decision_seconds_bucket{{le=\"{bound}\"}} {count}\n");
            Scrape::parse(&lines.map(line).collect::<String>()).unwrap()
        };
        let (before, now) = (page([100, 100, 100]), page([150, 199, 200]));
        let none = Scrape::default();
        assert_eq!(now.quantile(&DECISION_SECONDS, 0.5, &before), Some((0.1, 100.0)));
        assert_eq!(now.quantile(&DECISION_SECONDS, 0.99, &before), Some((1.0, 100.0)));
        assert_eq!(now.quantile(&DECISION_SECONDS, 1.0, &none), Some((f64::INFINITY, 200.0)));
        assert_eq!(now.quantile(&DECISION_SECONDS, 0.5, &now), None);
    }
}
