//! Every pattern is there, as often as set, and shares the entities it is about.

use std::sync::LazyLock;

use weir_events::EntityKind::{Address, Card, Customer, Device, Ip, Merchant};
use weir_generator::Pattern;

use crate::shop::{Placed, Shop, distinct, settings};

const HOUR: i64 = 3_600_000_000;

fn shop() -> &'static Shop {
    static SHOP: LazyLock<Shop> = LazyLock::new(|| Shop::open(settings(11, 20_000)));
    &SHOP
}

fn span(case: &[&Placed]) -> i64 {
    case.last().unwrap().at.micros() - case[0].at.micros()
}

#[test]
fn shares_are_as_set() {
    let shop = shop();
    let defaults = weir_generator::Shares::default();
    for pattern in Pattern::ALL {
        let count: usize = shop.cases_of(pattern).iter().map(Vec::len).sum();
        let share = count as f64 / shop.placed.len() as f64;
        assert!((share - defaults.of(pattern)).abs() < 0.001, "{} {share}", pattern.name());
    }
    let frauds = shop.placed.values().filter(|placed| placed.is_fraud).count();
    assert!((300..=340).contains(&frauds), "{frauds}");
}

#[test]
fn a_case_number_leads_to_its_case() {
    let shop = shop();
    for (id, placed) in shop.placed.iter().filter(|(_, placed)| placed.case.is_some()) {
        let number = placed.case.unwrap();
        let case = shop.cases.iter().find(|case| case.number == number).unwrap();
        assert!(case.transaction_ids.contains(id));
        assert_eq!(case.pattern.is_fraud(), placed.is_fraud);
    }
    assert!(shop.placed.values().all(|placed| placed.case.is_some() || !placed.is_fraud));
}

#[test]
fn card_testing_tries_many_cards_from_one_device_within_the_hour() {
    for case in shop().cases_of(Pattern::CardTesting) {
        assert_eq!((distinct(&case, Device), distinct(&case, Ip), distinct(&case, Merchant)), (1, 1, 1));
        assert_eq!(distinct(&case, Card), case.len());
        assert!(span(&case) < HOUR);
        assert!(case.iter().all(|placed| placed.transaction.order.amount_minor < 2_500));
    }
}

#[test]
fn account_takeover_keeps_the_customer_and_changes_everything_else() {
    let shop = shop();
    for case in shop.cases_of(Pattern::AccountTakeover) {
        assert_eq!((distinct(&case, Customer), distinct(&case, Device), distinct(&case, Address)), (1, 1, 1));
        assert!(shop.sharing(Device, case[0]).all(|placed| placed.is_fraud));
    }
    let cases = shop.cases_of(Pattern::AccountTakeover);
    let known = cases.iter().filter(|case| shop.sharing(Customer, case[0]).any(|placed| !placed.is_fraud));
    assert!(known.count() * 10 >= cases.len() * 9);
}

#[test]
fn cards_of_a_compromised_merchant_were_used_there_before() {
    let shop = shop();
    for case in shop.cases_of(Pattern::CompromisedMerchant) {
        let earlier = |stolen: &Placed| -> Vec<String> {
            let before =
                shop.sharing(Card, stolen).filter(|placed| !placed.is_fraud && placed.at < stolen.at);
            before.filter_map(|placed| placed.entities.merchant.clone()).collect()
        };
        let common = earlier(case[0])
            .into_iter()
            .find(|merchant| case.iter().all(|placed| earlier(placed).contains(merchant)));
        assert!(common.is_some());
        assert!(distinct(&case, Merchant) > 1 && distinct(&case, Device) < case.len());
    }
}

#[test]
fn a_stolen_card_is_used_at_many_merchants_within_hours() {
    for case in shop().cases_of(Pattern::StolenCard) {
        assert_eq!((distinct(&case, Card), distinct(&case, Device), distinct(&case, Customer)), (1, 1, 1));
        assert!(distinct(&case, Merchant) >= 2);
        assert!(span(&case) < 5 * HOUR);
    }
}

#[test]
fn a_ring_is_several_accounts_with_one_card() {
    for case in shop().cases_of(Pattern::Ring) {
        assert_eq!((distinct(&case, Card), distinct(&case, Address)), (1, 1));
        assert!((3..=6).contains(&distinct(&case, Customer)));
        assert!(distinct(&case, Device) <= 2);
    }
}

#[test]
fn travellers_keep_device_and_customer_on_a_network_of_hotels() {
    let shop = shop();
    for case in shop.cases_of(Pattern::Travel) {
        assert_eq!((distinct(&case, Customer), distinct(&case, Ip)), (1, 1));
        assert!(case[0].entities.ip.as_ref().unwrap().starts_with("203.0.113."));
        assert!(case.iter().all(|placed| !placed.is_fraud));
    }
}

#[test]
fn a_new_phone_was_never_seen_before_and_stays_in_use() {
    let shop = shop();
    let cases = shop.cases_of(Pattern::NewPhone);
    let fresh = cases.iter().filter(|case| shop.sharing(Device, case[0]).all(|other| other.at >= case[0].at));
    assert!(fresh.count() * 10 >= cases.len() * 9);
    let kept = cases.iter().filter(|case| shop.sharing(Device, case[0]).count() > case.len());
    assert!(kept.count() * 2 > cases.len());
}

#[test]
fn gifts_go_to_another_address_than_the_bill() {
    let shop = shop();
    let cases = shop.cases_of(Pattern::Gift);
    let elsewhere = |placed: &Placed| placed.entities.shipping_address != placed.entities.billing_address;
    assert!(cases.iter().filter(|case| elsewhere(case[0])).count() * 100 >= cases.len() * 95);
    assert!(cases.iter().all(|case| !case[0].is_fraud));
}

#[test]
fn amounts_of_fraud_and_of_the_rest_overlap() {
    let shop = shop();
    let mut amounts = [vec![], vec![]];
    for placed in shop.placed.values() {
        amounts[usize::from(placed.is_fraud)].push(placed.transaction.order.amount_minor);
    }
    amounts.iter_mut().for_each(|list| list.sort_unstable());
    let at = |list: &[i64], share: f64| list[(list.len() as f64 * share) as usize];
    assert!(at(&amounts[1], 0.5) < at(&amounts[0], 0.95));
    assert!(at(&amounts[1], 0.25) < at(&amounts[0], 0.5));
    assert!(at(&amounts[1], 0.75) > at(&amounts[0], 0.5));
}

#[test]
fn accounts_grow_older_day_by_day() {
    let shop = shop();
    let mut opened = std::collections::BTreeMap::new();
    for placed in shop.placed.values() {
        let age = placed.transaction.order.account_age_days.unwrap();
        let day = i64::from(placed.at.epoch_day()) - age;
        assert_eq!(*opened.entry(&placed.entities.customer).or_insert(day), day);
    }
}

#[test]
fn few_honest_orders_are_placed_at_night() {
    let shop = shop();
    let legit: Vec<_> = shop.placed.values().filter(|placed| !placed.is_fraud).collect();
    let night = legit.iter().filter(|placed| placed.at.second_of_day() / 3_600 < 6).count();
    assert!(night * 8 < legit.len(), "{night}");
}
