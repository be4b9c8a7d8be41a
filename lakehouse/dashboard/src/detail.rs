//! One decision's page: outcome, why, and everything that took part.

use std::fmt::Write;

use weir_events::{Decision, Label, ModelScore, Outcome, Reason};

use crate::html::{Text, page as whole_page, segment};
use crate::{Found, words};

/// The page as HTML.
pub(crate) fn page(found: &Found) -> String {
    let decision = &found.decision;
    let sections = [
        heading(decision, found.label.as_ref()),
        reasons(decision),
        facts(decision),
        scores(&decision.scores),
        label(found.label.as_ref()),
        versions(decision),
        ordinals(decision),
        vector(found),
    ];
    whole_page(&format!("Decision {}", decision.transaction_id), &sections.concat())
}

fn badge(outcome: Outcome) -> String {
    let name = words::outcome(outcome);
    format!("<span class=\"badge {name}\">{name}</span>")
}

fn heading(decision: &Decision, label: Option<&Label>) -> String {
    let score = decision.scores.first().map_or_else(
        || "no model took part".to_owned(),
        |score| format!("<b>{}</b> probability of fraud", words::percent(score.calibrated)),
    );
    let turned_out = label.map_or("", |label| {
        if label.is_fraud {
            "<span class=\"badge decline\">turned out fraud</span>"
        } else {
            "<span class=\"badge approve\">turned out legit</span>"
        }
    });
    format!(
        "<section class=\"panel headline\"><p class=\"eyebrow\">Transaction</p><h1>{id}</h1>\
         <p class=\"verdict\">{badge}{turned_out}<span>{score}</span><span>{amount}</span>\
         <a href=\"/api/decisions/{link}\">JSON</a></p></section>\n",
        id = Text(&decision.transaction_id),
        badge = badge(decision.outcome),
        amount = Text(words::money(decision.amount_minor, decision.currency)),
        link = segment(&decision.transaction_id),
    )
}

fn reasons(decision: &Decision) -> String {
    let mut html = String::from("<section class=\"panel reasons\"><h2>Why</h2>\n");
    for hit in &decision.rule_hits {
        let rule = Text(&hit.rule);
        let _ = writeln!(html, "<p class=\"rule\">Rule <b>{rule}</b> asked for {}</p>", badge(hit.outcome));
    }
    if decision.reasons.is_empty() {
        let hint = match decision.outcome {
            Outcome::Approve => "Approved: reasons are computed for review and decline.",
            Outcome::Review | Outcome::Decline => "No model reason was recorded.",
        };
        let _ = writeln!(html, "<p class=\"muted\">{hint}</p>");
    } else {
        html.push_str(&reason_table(&decision.reasons));
    }
    html.push_str("</section>\n");
    html
}

fn reason_table(reasons: &[Reason]) -> String {
    let widest = reasons.iter().map(|reason| reason.contribution.abs()).fold(0.0, f64::max);
    let mut html = String::from(
        "<table class=\"why\"><thead><tr><th scope=\"col\">Reason</th><th scope=\"col\" class=\"number\">Value</th>\
         <th scope=\"col\" class=\"number\">Usual</th><th scope=\"col\">Weight in log odds: ◀ legit · fraud ▶</th>\
         </tr></thead><tbody>\n",
    );
    for reason in reasons {
        let _ = writeln!(
            html,
            "<tr><th scope=\"row\">{text}<small>{feature}</small></th><td class=\"number\" data-name=\"Value\">{value}</td>\
             <td class=\"number\" data-name=\"Usual\">{usual}</td><td class=\"weight\"><div>{bar}<span>{contribution:+.2}</span></div></td></tr>",
            text = Text(&reason.text),
            feature = Text(&reason.feature),
            value = words::value(reason.value),
            usual = reason.usual.map_or_else(|| "–".to_owned(), words::number),
            bar = bar(reason.contribution, widest),
            contribution = reason.contribution,
        );
    }
    html.push_str("</tbody></table>\n");
    html
}

/// A bar from the middle: to the right towards fraud, to the left away from it.
fn bar(contribution: f64, widest: f64) -> String {
    let width = if widest > 0.0 { contribution.abs() / widest * 50.0 } else { 0.0 };
    let (left, class) = if contribution < 0.0 { (50.0 - width, "away") } else { (50.0, "towards") };
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 100 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">\
         <rect class=\"{class}\" x=\"{left:.2}\" y=\"1\" width=\"{width:.2}\" height=\"8\"/>\
         <rect class=\"middle\" x=\"49.8\" y=\"0\" width=\"0.4\" height=\"10\"/></svg>"
    )
}

fn facts(decision: &Decision) -> String {
    let latency = decision.decided_at.micros().saturating_sub(decision.arrived_at.micros());
    let marks: Vec<_> = decision.marks.iter().map(|mark| words::mark(*mark)).collect();
    let marks = if marks.is_empty() { "none".to_owned() } else { marks.join("; ") };
    list(
        "Facts",
        &[
            ("Occurred", words::moment(decision.occurred_at)),
            ("Arrived", words::moment(decision.arrived_at)),
            (
                "Decided",
                format!("{}, after {}", words::moment(decision.decided_at), words::milliseconds(latency)),
            ),
            ("Customer", words::short_key(&decision.customer_key)),
            ("Position", decision.position.to_string()),
            ("Marks", marks),
        ],
    )
}

fn list(title: &str, entries: &[(&str, String)]) -> String {
    let mut html = format!("<section class=\"panel\"><h2>{title}</h2><dl>\n");
    for (name, value) in entries {
        let _ = writeln!(html, "<dt>{name}</dt><dd>{}</dd>", Text(value));
    }
    html.push_str("</dl></section>\n");
    html
}

fn scores(scores: &[ModelScore]) -> String {
    let mut html = String::from("<section class=\"panel\"><h2>Scores</h2>");
    if scores.is_empty() {
        html.push_str("<p class=\"muted\">No model took part.</p>");
    }
    for score in scores {
        let digest = score.digest.get(..12).unwrap_or(&score.digest);
        let _ = writeln!(
            html,
            "<dl><dt>{role}</dt><dd>{model} <code>{digest}</code></dd><dt>Probability</dt><dd>{probability}</dd>\
             <dt>Log odds</dt><dd>{raw:.4}</dd></dl>",
            role = words::role(score.role),
            model = Text(&score.model),
            digest = Text(digest),
            probability = words::percent(score.calibrated),
            raw = score.raw,
        );
    }
    html.push_str("</section>\n");
    html
}

fn label(label: Option<&Label>) -> String {
    let Some(label) = label else {
        return "<section class=\"panel\"><h2>What turned out</h2><p class=\"muted\">Not known yet.</p></section>\n"
            .to_owned();
    };
    let verdict = if label.is_fraud { "fraud" } else { "legit" };
    list(
        "What turned out",
        &[
            ("Label", verdict.to_owned()),
            ("Known since", words::moment(label.known_at)),
            ("Said by", words::source(label.source).to_owned()),
        ],
    )
}

fn versions(decision: &Decision) -> String {
    let versions = &decision.versions;
    list(
        "Versions",
        &[
            ("Feature set", versions.feature_set.clone()),
            ("Policy", versions.policy.clone()),
            ("Build", versions.build.clone()),
            ("Pseudonym key", versions.key_id.to_string()),
            ("Schema", decision.schema_version.to_string()),
            ("Content", decision.content_hash.to_string()),
        ],
    )
}

fn ordinals(decision: &Decision) -> String {
    let entry = |read: &weir_events::EntityOrdinal| {
        let folded = if read.folded { "its own event" } else { "read only" };
        (words::short_key(&read.entity), format!("{} ({folded})", read.ordinal))
    };
    let entries: Vec<_> = decision.ordinals.iter().map(entry).collect();
    let mut html = String::from("<section class=\"panel\"><h2>History read</h2><dl>\n");
    for (entity, ordinal) in entries {
        let _ = writeln!(html, "<dt>{}</dt><dd>event {}</dd>", Text(entity), Text(ordinal));
    }
    html.push_str("</dl></section>\n");
    html
}

fn vector(found: &Found) -> String {
    let values = &found.decision.vector.0;
    let mut html = format!(
        "<section class=\"panel vector\"><h2>What the model saw <small>{} values</small></h2><dl>\n",
        values.len()
    );
    for (index, value) in values.iter().enumerate() {
        let name = found.feature_names.get(index).map_or_else(|| format!("value {index}"), Clone::clone);
        let missing = if value.is_nan() { " class=\"muted\"" } else { "" };
        let _ = writeln!(
            html,
            "<div><dt>{}</dt><dd{missing}>{}</dd></div>",
            Text(name),
            words::value(Some(*value))
        );
    }
    html.push_str("</dl></section>\n");
    html
}
