//! A report in words, for people.

use super::plot::{milliseconds, plot};
use super::report::{LoadReport, Processor};
use super::tally::{Errors, Items};

impl LoadReport {
    /// The report in words, with its plot.
    pub(crate) fn words(&self) -> Vec<String> {
        let mut lines = self.transactions();
        lines.extend(self.labels());
        lines.extend(self.requests());
        lines.extend(self.reasons.iter().map(|reason| format!("  rejected: {reason}")));
        lines.extend(self.processor.map(processor));
        lines.extend(self.latency_ms.iter().map(|latency| latency.words("answered")));
        lines.extend(self.decided_ms.iter().map(|latency| latency.words("decided")));
        if self.undecided > 0 {
            let undecided = self.undecided;
            lines.push(format!("undecided   {undecided} sampled transactions had no decision in time"));
        }
        lines.extend(self.latency_ms.iter().flat_map(plot));
        lines
    }

    fn transactions(&self) -> Vec<String> {
        let Items { sent, accepted, rejected, given_up } = self.transactions;
        let (unsent, seconds) = (self.unsent, self.seconds);
        let Self { achieved_rate, rate, batch, connections, .. } = self;
        vec![
            format!(
                "sent {sent} transactions in {seconds:.1} s: {accepted} accepted, {rejected} rejected, {given_up} \
                 given up, {unsent} not begun"
            ),
            format!(
                "rate        {achieved_rate:.0} a second achieved of {rate} asked, {batch} a request, at most \
                 {connections} requests in flight"
            ),
        ]
    }

    fn labels(&self) -> Option<String> {
        let Items { sent, accepted, rejected, given_up } = self.labels;
        (sent > 0).then(|| {
            format!("labels      {sent}: {accepted} accepted, {rejected} rejected, {given_up} given up")
        })
    }

    fn requests(&self) -> [String; 2] {
        let Errors { busy, server, timeouts, broken, refused } = self.errors;
        let (requests, late, latest) = (self.requests, self.late_requests, milliseconds(self.latest_ms));
        [
            format!(
                "errors      {busy} busy (429), {server} server (5xx), {timeouts} timeouts, {broken} connections, \
                 {refused} refused (4xx), of {requests} requests"
            ),
            format!("late        {late} requests left over 10 ms late, the latest {latest}"),
        ]
    }
}

fn processor(spent: Processor) -> String {
    let Processor { making_seconds, timing_seconds, sending_seconds, seconds_per_100k } = spent;
    format!(
        "generator   {seconds_per_100k:.2} s of processor time per 100,000 transactions (making {making_seconds:.2} s, \
         timing {timing_seconds:.2} s, sending {sending_seconds:.2} s)"
    )
}
