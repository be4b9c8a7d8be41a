//! Feature values as small whole numbers.

/// Bin of a missing value; the others follow in order of their values.
pub(crate) const MISSING: u8 = 0;

/// Training rows by feature, each value replaced by its bin.
pub(crate) struct Binned {
    /// One column a feature.
    pub(crate) columns: Vec<Vec<u8>>,
    /// Per feature, the largest value that still belongs to bins 1, 2, …; the last bin takes whatever is larger.
    cuts: Vec<Vec<f64>>,
    rows: usize,
}

impl Binned {
    /// Bins the given rows of every column into at most `most` bins, of about equally many rows. A column that is
    /// not to be read gets one bin for everything, which no split can tell apart.
    pub(crate) fn new(
        columns: &[Vec<f64>],
        rows: &[usize],
        most: usize,
        is_read: impl Fn(usize) -> bool,
    ) -> Self {
        let mut binned = Self { columns: Vec::new(), cuts: Vec::new(), rows: rows.len() };
        for (feature, column) in columns.iter().enumerate() {
            let value = |row: &usize| if is_read(feature) { column[*row] } else { 0.0 };
            let values: Vec<f64> = rows.iter().map(value).collect();
            let cuts = cuts(&values, most);
            binned.columns.push(values.iter().map(|value| bin(&cuts, *value)).collect());
            binned.cuts.push(cuts);
        }
        binned
    }

    pub(crate) const fn rows(&self) -> usize {
        self.rows
    }

    /// Bins of a feature, that of missing values included.
    pub(crate) fn bins(&self, feature: usize) -> usize {
        self.cuts[feature].len() + 2
    }

    /// Largest value that goes left when bins up to this one do. Past the last cut every value does.
    pub(crate) fn threshold(&self, feature: usize, bin: usize) -> f64 {
        self.cuts[feature].get(bin - 1).copied().unwrap_or(f64::MAX)
    }
}

fn bin(cuts: &[f64], value: f64) -> u8 {
    if value.is_nan() { MISSING } else { 1 + cuts.partition_point(|cut| *cut < value) as u8 }
}

/// Cuts half-way between neighbouring values so that no bin but that of one frequent value holds much more than
/// its part.
fn cuts(values: &[f64], most: usize) -> Vec<f64> {
    let mut present: Vec<f64> = values.iter().copied().filter(|value| !value.is_nan()).collect();
    present.sort_unstable_by(f64::total_cmp);
    let groups: Vec<&[f64]> = present.chunk_by(|left, right| left == right).collect();
    let mut cuts = Vec::new();
    let mut taken = 0;
    let mut in_bin = 0;
    for pair in groups.windows(2) {
        in_bin += pair[0].len();
        let bins_left = most - cuts.len();
        let is_full = groups.len() <= most || in_bin * bins_left >= present.len() - taken;
        if is_full && bins_left > 1 {
            cuts.push(half_way(pair[0][0], pair[1][0]));
            taken += in_bin;
            in_bin = 0;
        }
    }
    cuts
}

/// At least the smaller and below the larger.
fn half_way(small: f64, large: f64) -> f64 {
    let middle = small + (large - small) / 2.0;
    if middle < large { middle } else { small }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_values_get_a_bin_each() {
        let column = vec![3.0, f64::NAN, 1.0, 1.0, 2.0];
        let binned = Binned::new(&[column], &[0, 1, 2, 3, 4], 254, |_| true);
        assert_eq!(binned.columns[0], [3, MISSING, 1, 1, 2]);
        assert_eq!(binned.threshold(0, 1), 1.5);
        assert_eq!(binned.threshold(0, 3), f64::MAX);
        assert_eq!(binned.bins(0), 4);
    }

    #[test]
    fn many_values_share_bins_of_equal_size() {
        let column: Vec<f64> = (0..1_000).map(f64::from).collect();
        let rows: Vec<usize> = (0..1_000).collect();
        let binned = Binned::new(&[column], &rows, 10, |_| true);
        let mut counts = [0; 11];
        binned.columns[0].iter().for_each(|bin| counts[usize::from(*bin)] += 1);
        assert_eq!(counts, [0, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100]);
    }

    #[test]
    fn a_frequent_value_does_not_eat_the_bins_of_the_others() {
        let column: Vec<f64> = (0..1_000).map(|row| if row < 900 { 0.0 } else { f64::from(row) }).collect();
        let rows: Vec<usize> = (0..1_000).collect();
        let binned = Binned::new(&[column], &rows, 11, |_| true);
        assert_eq!(binned.columns[0][0], 1);
        assert_eq!(binned.columns[0][999], 11);
    }

    #[test]
    fn a_column_that_is_left_out_tells_nothing() {
        let column = vec![3.0, f64::NAN, 1.0];
        let binned = Binned::new(&[column.clone(), column], &[0, 1, 2], 254, |feature| feature == 1);
        assert_eq!((&binned.columns[0], &binned.columns[1]), (&vec![1, 1, 1], &vec![2, MISSING, 1]));
    }

    #[test]
    fn a_column_without_values_has_no_cut() {
        let binned = Binned::new(&[vec![f64::NAN; 3]], &[0, 1, 2], 254, |_| true);
        assert_eq!(binned.columns[0], [MISSING; 3]);
        assert_eq!(half_way(1.0, 1.0_f64.next_up()), 1.0);
    }
}
