//! From log odds to probabilities: Platt scaling.

use weir_scoring::Calibration;

use crate::TrainError;
use crate::boost::sigmoid;
use crate::grow::rounded;

const MOST_STEPS: usize = 100;
/// Kept on the diagonal so that the equations can be solved (Lin, Lin and Weng).
const RIDGE: f64 = 1e-12;
const SMALLEST_STEP: f64 = 1e-10;

/// Fits slope and intercept by Newton's method with targets drawn in from 0 and 1 (Platt 1999; Lin, Lin and Weng
/// 2007, "A note on Platt's probabilistic outputs for support vector machines").
pub(crate) fn platt(scores: &[f64], truths: &[bool]) -> Result<Calibration, TrainError> {
    let problem = Problem::new(scores, truths);
    let mut best = [1.0, 0.0];
    let mut loss = problem.loss(best);
    for _ in 0..MOST_STEPS {
        let direction = problem.newton(best);
        let mut step = 1.0;
        let mut next = moved(best, direction, step);
        while problem.loss(next) > loss && step > SMALLEST_STEP {
            step /= 2.0;
            next = moved(best, direction, step);
        }
        let gained = loss - problem.loss(next);
        if gained <= 0.0 {
            break;
        }
        best = next;
        loss -= gained;
    }
    let calibration = Calibration { slope: rounded(best[0]), intercept: rounded(best[1]) };
    if calibration.slope > 0.0 { Ok(calibration) } else { Err(TrainError::NoSkill) }
}

fn moved(from: [f64; 2], direction: [f64; 2], step: f64) -> [f64; 2] {
    [from[0] - step * direction[0], from[1] - step * direction[1]]
}

struct Problem<'a> {
    scores: &'a [f64],
    targets: Vec<f64>,
}

impl<'a> Problem<'a> {
    fn new(scores: &'a [f64], truths: &[bool]) -> Self {
        let frauds = truths.iter().filter(|is_fraud| **is_fraud).count() as f64;
        let legits = truths.len() as f64 - frauds;
        let (high, low) = ((frauds + 1.0) / (frauds + 2.0), 1.0 / (legits + 2.0));
        let targets = truths.iter().map(|is_fraud| if *is_fraud { high } else { low }).collect();
        Self { scores, targets }
    }

    fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        self.scores.iter().copied().zip(self.targets.iter().copied())
    }

    /// Cross entropy: `ln(1 + exp(x)) − t x`, written so that nothing overflows.
    fn loss(&self, [slope, intercept]: [f64; 2]) -> f64 {
        self.pairs()
            .map(|(score, target)| {
                let log_odds = slope * score + intercept;
                libm::log1p(libm::exp(-log_odds.abs())) + log_odds.max(0.0) - target * log_odds
            })
            .sum()
    }

    /// Gradient divided by the second derivatives.
    fn newton(&self, [slope, intercept]: [f64; 2]) -> [f64; 2] {
        let mut gradient = [0.0; 2];
        let mut second = [RIDGE, 0.0, RIDGE];
        for (score, target) in self.pairs() {
            let probability = sigmoid(slope * score + intercept);
            let (miss, weight) = (probability - target, probability * (1.0 - probability));
            gradient[0] += score * miss;
            gradient[1] += miss;
            second[0] += score * score * weight;
            second[1] += score * weight;
            second[2] += weight;
        }
        let determinant = second[0] * second[2] - second[1] * second[1];
        [
            (second[2] * gradient[0] - second[1] * gradient[1]) / determinant,
            (second[0] * gradient[1] - second[1] * gradient[0]) / determinant,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1,000 rows at each score, of which the given share is fraud.
    fn rows(shares: &[(f64, f64)]) -> (Vec<f64>, Vec<bool>) {
        let of = |(score, share): &(f64, f64)| {
            let frauds = (share * 1_000.0) as usize;
            (0..1_000).map(move |row| (*score, row < frauds)).collect::<Vec<_>>()
        };
        shares.iter().flat_map(of).unzip()
    }

    #[test]
    fn too_sure_a_score_is_drawn_back_to_the_shares() {
        let (scores, truths) = rows(&[(-4.0, 0.119), (4.0, 0.881)]);
        let calibration = platt(&scores, &truths).unwrap();
        // A share of 0.119 is a log odds of −2.
        assert!(
            (calibration.slope - 0.5).abs() < 0.01 && calibration.intercept.abs() < 0.01,
            "{calibration:?}"
        );
    }

    #[test]
    fn a_shifted_score_gets_an_intercept() {
        let (scores, truths) = rows(&[(0.0, 0.119), (2.0, 0.5), (4.0, 0.881)]);
        let calibration = platt(&scores, &truths).unwrap();
        assert!(
            (calibration.slope - 1.0).abs() < 0.01 && (calibration.intercept + 2.0).abs() < 0.02,
            "{calibration:?}"
        );
    }

    #[test]
    fn a_score_that_points_the_wrong_way_is_refused() {
        let (scores, truths) = rows(&[(-4.0, 0.9), (4.0, 0.1)]);
        assert!(matches!(platt(&scores, &truths), Err(TrainError::NoSkill)));
    }
}
