//! Which field the name of a column speaks of.

/// Names of columns by the field that they usually mean, the likeliest first; letters and digits alone, lower case.
/// `is_fraud` and `known_at` belong to the label.
const SYNONYMS: [(&str, &[&str]); 20] = [
    (
        "transaction_id",
        &[
            "transactionid",
            "transid",
            "transnum",
            "transactionnumber",
            "txid",
            "txnid",
            "trxid",
            "orderid",
            "ordernumber",
            "orderno",
            "paymentid",
            "invoiceno",
            "reference",
            "id",
            "uuid",
        ],
    ),
    (
        "customer_id",
        &[
            "customerid",
            "custid",
            "userid",
            "clientid",
            "buyerid",
            "memberid",
            "accountid",
            "nameorig",
            "payerid",
            "customer",
            "user",
            "client",
            "buyer",
            "accountnumber",
            "account",
        ],
    ),
    (
        "occurred_at",
        &[
            "occurredat",
            "transactiondatetime",
            "transdatetranstime",
            "txdatetime",
            "transactiondate",
            "transactiontime",
            "transactiontimestamp",
            "timestamp",
            "datetime",
            "eventtime",
            "createdat",
            "orderdate",
            "purchasetime",
            "purchasedate",
            "transactiondt",
            "date",
            "time",
            "step",
            "unixtime",
        ],
    ),
    (
        "amount_minor",
        &[
            "amountminor",
            "amountcents",
            "transactionamount",
            "transactionamt",
            "txamount",
            "amount",
            "amt",
            "ordertotal",
            "purchasevalue",
            "totalprice",
            "total",
            "price",
            "value",
        ],
    ),
    ("currency", &["currency", "currencycode", "isocurrency", "ccy"]),
    (
        "merchant_id",
        &[
            "merchantid",
            "terminalid",
            "sellerid",
            "vendorid",
            "storeid",
            "shopid",
            "merchant",
            "namedest",
            "payeeid",
            "merchantname",
            "payee",
            "beneficiary",
            "terminal",
            "store",
        ],
    ),
    ("payment_method", &["paymentmethod", "paymenttype", "tendertype", "usechip", "method", "type"]),
    (
        "product_category",
        &["productcategory", "category", "productcd", "itemcategory", "merchantcategory", "mcc"],
    ),
    ("quantity", &["quantity", "qty", "numitems", "itemcount", "units"]),
    ("customer_age", &["customerage", "age"]),
    ("customer_location", &["customerlocation", "customercity", "location", "city", "town", "region"]),
    ("device_type", &["devicetype", "deviceused", "device", "platform"]),
    ("account_age_days", &["accountagedays", "accountage", "tenuredays", "dayssincesignup"]),
    (
        "card_id",
        &["cardid", "cardnumber", "ccnum", "cardno", "creditcardnumber", "cardhash", "pan", "card1", "card"],
    ),
    ("device_id", &["deviceid", "devicefingerprint", "fingerprint", "deviceuuid", "deviceinfo"]),
    ("ip_address", &["ipaddress", "ip", "ipaddr", "clientip", "sourceip"]),
    ("shipping_address", &["shippingaddress", "deliveryaddress", "shipaddress", "shipto"]),
    ("billing_address", &["billingaddress", "billaddress", "billto", "address"]),
    ("email", &["email", "emailaddress", "customeremail", "mail"]),
    ("customer_name", &["customername", "fullname", "cardholdername", "cardholder"]),
];

/// What turned out.
const LABEL: &[&str] = &[
    "isfraud",
    "isfraudulent",
    "fraud",
    "fraudlabel",
    "fraudbool",
    "txfraud",
    "fraudind",
    "ischargeback",
    "label",
    "class",
    "target",
];

/// When it became known.
const KNOWN: &[&str] = &["knownat", "chargebackdate", "chargebackat", "labeldate", "frauddate", "reportedat"];

/// A likeness below this is none.
const LEAST_LIKENESS: f64 = 0.85;
/// Shortest synonym that may be a part of a name.
const LEAST_PART: usize = 5;

/// Every target of a guess with the names that speak of it.
pub(super) fn targets() -> impl Iterator<Item = (&'static str, &'static [&'static str])> {
    SYNONYMS.into_iter().chain([("is_fraud", LABEL), ("known_at", KNOWN)])
}

/// A name as letters and digits, lower case.
pub(super) fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// How well a name speaks of something with these synonyms, from 0 to 1.
pub(super) fn likeness(name: &str, synonyms: &[&str]) -> f64 {
    let name = plain(name);
    let scored = synonyms.iter().enumerate().map(|(index, synonym)| {
        // The order of synonyms decides between two columns that both are in the list.
        let order = 0.01 * index as f64;
        if name == *synonym {
            return 1.0 - order;
        }
        let close = strsim::normalized_levenshtein(&name, synonym);
        if close >= LEAST_LIKENESS {
            return 0.8 * close - order;
        }
        let is_part = synonym.len() >= LEAST_PART && name.contains(synonym);
        if is_part { 0.5 + 0.1 * synonym.len() as f64 / name.len() as f64 } else { 0.0 }
    });
    scored.fold(0.0, f64::max)
}

/// Parts of names that lead to a person, or from what was found out later: nothing for an attribute.
const DELICATE: [&str; 26] = [
    "name",
    "first",
    "last",
    "street",
    "address",
    "addr",
    "zip",
    "postal",
    "postcode",
    "city",
    "state",
    "dob",
    "birth",
    "phone",
    "mail",
    "ssn",
    "gender",
    "job",
    "lat",
    "long",
    "card",
    "iban",
    "account",
    "fraud",
    "chargeback",
    "ip",
];

/// Whether a column may be suggested as an attribute by its name.
pub(super) fn may_be_attribute(name: &str) -> bool {
    let name = plain(name);
    !DELICATE.iter().any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best(name: &str) -> Option<&'static str> {
        let scored = targets().map(|(target, synonyms)| (likeness(name, synonyms), target));
        scored
            .filter(|scored| scored.0 > 0.0)
            .max_by(|left, right| left.0.total_cmp(&right.0))
            .map(|best| best.1)
    }

    #[test]
    fn names_of_known_datasets_mean_what_they_mean() {
        for (name, target) in [
            ("TransactionAmt", "amount_minor"),
            ("amt", "amount_minor"),
            ("trans_date_trans_time", "occurred_at"),
            ("cc_num", "card_id"),
            ("card1", "card_id"),
            ("is_fraud", "is_fraud"),
            ("nameOrig", "customer_id"),
            ("nameDest", "merchant_id"),
            ("step", "occurred_at"),
            ("Transaction ID", "transaction_id"),
            ("Device Used", "device_type"),
            ("chargeback_date", "known_at"),
            ("TERMINAL_ID", "merchant_id"),
        ] {
            assert_eq!(best(name), Some(target), "{name}");
        }
        for name in ["merch_lat", "oldbalanceOrg", "V17", "dist1"] {
            assert_eq!(best(name), None, "{name}");
        }
    }
}
