//! The rows of a chunk, entity by entity.

use weir_features::bulk::{ABSENT, LabelEvent};

/// An order of rows: by entity, and for each entity as they came; rows without one come last.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grouped {
    /// Row of each place.
    order: Vec<u32>,
    /// First place of each entity, then of those without one.
    starts: Vec<u32>,
}

impl Grouped {
    /// Groups rows by their entities' numbers.
    pub(crate) fn group(&mut self, numbers: &[u32]) {
        let Self { order, starts } = self;
        let most = numbers.iter().filter(|number| **number != ABSENT).max();
        let groups = most.map_or(0, |most| *most as usize + 1) + 1;
        let group = |number: u32| if number == ABSENT { groups - 1 } else { number as usize };
        starts.clear();
        starts.resize(groups + 1, 0);
        for number in numbers {
            starts[group(*number) + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        order.resize(numbers.len(), 0);
        for (row, number) in (0..).zip(numbers) {
            let next = &mut next[group(*number)];
            order[*next as usize] = row;
            *next += 1;
        }
    }

    /// Rows of all places in this order.
    pub(crate) fn rows(&self) -> &[u32] {
        &self.order
    }

    /// Labels before rows as labels before places: each before the first row of its entity that it came before, or
    /// after the last one. Labels of entities that no row of the chunk names come first.
    pub(crate) fn labels(&self, mut labels: Vec<LabelEvent>) -> Vec<LabelEvent> {
        for label in &mut labels {
            let (start, end) = self.places_of(label.entity as usize);
            let before = self.order[start..end].partition_point(|row| *row < label.row);
            label.row = (start + before) as u32;
        }
        labels.sort_by_key(|label| label.row);
        labels
    }

    /// Places of an entity's rows.
    fn places_of(&self, entity: usize) -> (usize, usize) {
        let entities = self.starts.len() - 2;
        if entity >= entities {
            return (0, 0);
        }
        (self.starts[entity] as usize, self.starts[entity + 1] as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_one_entity_stand_together_as_they_came() {
        let mut grouped = Grouped::default();
        grouped.group(&[2, 0, ABSENT, 2, 0, 7]);
        assert_eq!(grouped.rows(), [1, 4, 0, 3, 5, 2]);
    }

    #[test]
    fn labels_stay_between_the_rows_of_their_entity() {
        let label = |row, entity| LabelEvent { row, entity, transaction: 0, occurred_at: 0, is_fraud: true };
        let mut grouped = Grouped::default();
        grouped.group(&[2, 0, 2, 0]);
        let moved = grouped.labels(vec![label(0, 2), label(1, 2), label(2, 0), label(3, 2), label(3, 9)]);
        let places: Vec<_> = moved.iter().map(|label| (label.row, label.entity)).collect();
        assert_eq!(places, [(0, 9), (1, 0), (2, 2), (3, 2), (4, 2)]);
    }
}
