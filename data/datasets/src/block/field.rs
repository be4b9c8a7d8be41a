//! The fields that the fast decoder knows, out of the schema's own list.

use weir_events::{Field, Kind, Order, Personal, SCHEMA_VERSION};

/// What a field is to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Id,
    Time,
    Amount,
    Currency,
    Merchant,
    PaymentMethod,
    ProductCategory,
    Quantity,
    CustomerAge,
    DeviceType,
    AccountAgeDays,
    Customer,
    Card,
    Device,
    Ip,
    ShippingAddress,
    BillingAddress,
    /// A text that is checked and not kept.
    OtherText,
    /// Fraud or not.
    Label,
    /// Not read.
    Ignored,
    /// Version of the schema, never `null`.
    Version,
}

/// A field under one of its names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    /// Whether it is the name in the public shop dataset's form.
    pub(crate) is_shop: bool,
    pub(crate) is_required: bool,
    pub(crate) kind: Kind,
    pub(crate) what: What,
}

/// Every name that is known, of both forms; those of one form have different places below 64.
pub(crate) fn known() -> Vec<Known> {
    let fields = || Order::FIELDS.iter().chain(Personal::FIELDS);
    let events = fields().filter_map(|field| under(field, field.name, false));
    let shop = fields().filter_map(|field| under(field, field.csv?, true));
    let outcome = |name, what| Known { name, is_shop: true, is_required: false, kind: Kind::Flag, what };
    let extra = [outcome("Is Fraudulent", What::Label), outcome("Transaction Hour", What::Ignored)];
    let version = Known {
        name: "schema_version",
        is_shop: false,
        is_required: false,
        kind: Kind::Integer(1, SCHEMA_VERSION as i64),
        what: What::Version,
    };
    events.chain([version]).chain(shop).chain(extra).collect()
}

fn under(field: &Field, name: &'static str, is_shop: bool) -> Option<Known> {
    let what = what(field)?;
    // A shop's file without a currency is in the one that the reader was told.
    let is_required = field.is_required && !(is_shop && what == What::Currency);
    Some(Known { name, is_shop, is_required, kind: field.kind, what })
}

fn what(field: &Field) -> Option<What> {
    let what = match field.name {
        "transaction_id" => What::Id,
        "occurred_at" => What::Time,
        "amount_minor" => What::Amount,
        "currency" => What::Currency,
        "merchant_id" => What::Merchant,
        "payment_method" => What::PaymentMethod,
        "product_category" => What::ProductCategory,
        "quantity" => What::Quantity,
        "customer_age" => What::CustomerAge,
        "device_type" => What::DeviceType,
        "account_age_days" => What::AccountAgeDays,
        "customer_id" => What::Customer,
        "card_id" => What::Card,
        "device_id" => What::Device,
        "ip_address" => What::Ip,
        "shipping_address" => What::ShippingAddress,
        "billing_address" => What::BillingAddress,
        _ if matches!(field.kind, Kind::Text(_)) => What::OtherText,
        _ => return None,
    };
    Some(what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_but_attributes_is_known_under_both_names() {
        let known = known();
        assert!(known.len() <= 64);
        for field in Order::FIELDS.iter().chain(Personal::FIELDS) {
            let names = known.iter().filter(|known| {
                let name = if known.is_shop { field.csv } else { Some(field.name) };
                name == Some(known.name)
            });
            assert_eq!(names.count(), if field.name == "attributes" { 0 } else { 2 }, "{}", field.name);
        }
    }
}
