//! How a planned case becomes transactions.

use crate::draft::{Address, Device, Draft, Ip, Network, Payment};
use crate::pattern::Pattern;
use crate::plan::Plan;
use crate::profile::{Profile, Sale};
use crate::random::{Purpose, Random};
use crate::world::{MICROS_PER_SECOND, World, new_address, new_device, new_line};

/// Which case is expanded, with its own random numbers.
struct Scene<'a> {
    world: &'a World,
    plan: &'a Plan,
    case: u32,
    random: Random,
}

/// What fraudsters order with; whatever is missing is the customer's own.
struct Kit {
    account: u32,
    device: Device,
    ip: Ip,
    /// Where the parcels go; `None` for the account's own address: vouchers, downloads, parcels caught at the door.
    shipping: Option<Address>,
}

/// Share of cases, rings aside, whose parcels go to the billing address.
const SHIPS_HOME: f64 = 0.35;

/// The transactions of a case; `case` is its index.
pub(crate) fn expand(world: &World, plan: &Plan, case: u32) -> Vec<Draft> {
    let random = Random::new(world.seed(), Purpose::Case, u64::from(case), 0);
    let mut scene = Scene { world, plan, case, random };
    match plan.pattern {
        Pattern::CardTesting => scene.card_testing(),
        Pattern::AccountTakeover => scene.account_takeover(),
        Pattern::CompromisedMerchant => scene.compromised_merchant(),
        Pattern::StolenCard => scene.stolen_card(),
        Pattern::Ring => scene.ring(),
        Pattern::Travel => scene.travel(),
        Pattern::NewPhone => scene.new_phone(),
        Pattern::Gift => scene.gift(),
    }
}

/// One transaction as the customer would make it at that time.
pub(crate) fn habit(world: &World, account: u32, at: i64, lift: f64, random: &mut Random) -> Draft {
    let profile = Profile::new(world, account);
    let merchant = profile.merchant(world, random);
    let category = world.category(merchant, random);
    let device = profile.device(world.phone(account, at), random);
    Draft {
        at,
        turn: 0,
        account,
        merchant,
        amount_minor: profile.amount(world, Sale { category, lift }, random),
        category,
        quantity: 1 + random.below(3) as u8 * random.below(2) as u8,
        payment: profile.payment(random),
        device,
        ip: profile.ip(device, random),
        location: profile.town,
        shipping: profile.shipping(random),
        billing: profile.address,
        case: None,
        is_fraud: false,
    }
}

impl Scene<'_> {
    /// Times of the case's transactions: evenly spread with some noise, in order.
    fn time(&mut self, index: u64) -> i64 {
        self.time_within(index, 0.0, 1.0)
    }

    fn time_within(&mut self, index: u64, from: f64, to: f64) -> i64 {
        let place = (index as f64 + self.random.unit()) / self.plan.size as f64;
        let share = from + (to - from) * place;
        let at = self.plan.start + (self.plan.span as f64 * share) as i64;
        at / MICROS_PER_SECOND * MICROS_PER_SECOND
    }

    fn kit(&mut self, account: u32) -> Kit {
        let random = &mut self.random;
        let elsewhere = new_address(random);
        let shipping = (!random.chance(SHIPS_HOME)).then_some(elsewhere);
        Kit { account, device: new_device(random), ip: new_line(random), shipping }
    }

    /// A card that was stolen: mostly one that its owner uses in this shop too.
    fn stolen_card(&mut self) -> Vec<Draft> {
        let card = self.loot();
        let kit = self.kit(self.plan.first_account);
        (0..self.plan.size).map(|index| self.misuse(index, &kit, card, 4.1)).collect()
    }

    fn loot(&mut self) -> u64 {
        if self.random.chance(0.6) {
            let owner = self.world.customer(&mut self.random);
            Profile::new(self.world, owner).cards[0]
        } else {
            self.random.bits()
        }
    }

    /// One order of the case with someone's card, at a merchant that asks little.
    fn misuse(&mut self, index: u64, kit: &Kit, card: u64, level: f64) -> Draft {
        let at = self.time(index);
        self.misuse_at(at, kit, card, level)
    }

    fn misuse_at(&mut self, at: i64, kit: &Kit, card: u64, level: f64) -> Draft {
        let mut draft = habit(self.world, kit.account, at, 0.0, &mut self.random);
        draft.merchant = self.world.soft_merchant(&mut self.random);
        draft.category = self.world.category(draft.merchant, &mut self.random);
        draft.amount_minor = self.world.amount(level + 0.5 * draft.category.level(), 0.7, &mut self.random);
        draft.payment = self.card_payment(card);
        draft.device = kit.device;
        draft.ip = kit.ip;
        draft.shipping = kit.shipping.unwrap_or(draft.billing);
        self.mine(draft)
    }

    fn card_payment(&mut self, card: u64) -> Payment {
        if self.random.chance(0.6) { Payment::CreditCard(card) } else { Payment::DebitCard(card) }
    }

    /// Marks a draft as one of the case.
    const fn mine(&self, mut draft: Draft) -> Draft {
        draft.case = Some(self.case);
        draft.is_fraud = self.plan.pattern.is_fraud();
        draft
    }

    fn account(&self, index: u64) -> u32 {
        self.plan.first_account + (index % u64::from(self.plan.account_count.max(1))) as u32
    }

    fn card_testing(&mut self) -> Vec<Draft> {
        let kit = self.kit(self.plan.first_account);
        let merchant = self.world.soft_merchant(&mut self.random);
        let mut tried = Vec::new();
        (0..self.plan.size)
            .map(|index| {
                let card = self.untried(&mut tried);
                let kit = Kit { account: self.account(index), ..kit };
                let mut draft = self.misuse(index, &kit, card, 0.8);
                draft.merchant = merchant;
                draft.amount_minor = self.world.amount(0.8, 0.6, &mut self.random);
                draft.quantity = 1;
                draft
            })
            .collect()
    }

    /// A stolen card that the burst has not tried yet.
    fn untried(&mut self, tried: &mut Vec<u64>) -> u64 {
        let card = self.loot();
        let card = if tried.contains(&card) { self.random.bits() } else { card };
        tried.push(card);
        card
    }

    fn account_takeover(&mut self) -> Vec<Draft> {
        let victim = self.plan.customer;
        let kit = self.kit(victim);
        let profile = Profile::new(self.world, victim);
        (0..self.plan.size)
            .map(|index| {
                let mut draft = self.misuse(index, &kit, profile.cards[0], profile.level + 1.0);
                let town = kit.shipping.map_or(profile.town, |elsewhere| elsewhere.town);
                draft.location = if self.random.chance(0.5) { town } else { profile.town };
                draft
            })
            .collect()
    }

    /// The first half of the time customers buy there honestly; the second half their cards are misused.
    fn compromised_merchant(&mut self) -> Vec<Draft> {
        let merchant = self.random.skewed(self.world.merchants()) as u32;
        let mut kits: Vec<Kit> = Vec::new();
        for index in 0..self.plan.account_count {
            kits.push(self.kit(self.plan.first_account + index));
        }
        let mut drafts = Vec::new();
        for index in 0..self.plan.size {
            let victim = self.world.customer(&mut self.random);
            let card = Profile::new(self.world, victim).cards[0];
            let bought_at = self.time_within(index, 0.0, 0.4);
            let mut bought = habit(self.world, victim, bought_at, 0.0, &mut self.random);
            bought.merchant = merchant;
            bought.payment = self.card_payment(card);
            drafts.push(bought);
            let misused_at = self.time_within(index, 0.6, 1.0);
            let kit = &kits[index as usize % kits.len()];
            drafts.push(self.misuse_at(misused_at, kit, card, 4.0));
        }
        drafts
    }

    fn ring(&mut self) -> Vec<Draft> {
        let card = self.loot();
        let drop = new_address(&mut self.random);
        let first = self.kit(self.plan.first_account);
        let second = self.kit(self.plan.first_account);
        (0..self.plan.size)
            .map(|index| {
                let used = if self.random.chance(0.6) { &first } else { &second };
                let kit = Kit { account: self.account(index), shipping: Some(drop), ..*used };
                self.misuse(index, &kit, card, 3.9)
            })
            .collect()
    }

    fn travel(&mut self) -> Vec<Draft> {
        let traveller = self.plan.customer;
        let abroad = new_address(&mut self.random);
        let hotel = Ip { handle: self.random.bits(), network: Network::Hotel };
        (0..self.plan.size)
            .map(|index| {
                let at = self.time(index);
                let mut draft = habit(self.world, traveller, at, 0.3, &mut self.random);
                draft.ip = hotel;
                draft.location = abroad.town;
                self.mine(draft)
            })
            .collect()
    }

    fn new_phone(&mut self) -> Vec<Draft> {
        let owner = self.plan.customer;
        (0..self.plan.size)
            .map(|index| {
                // Nothing is ordered from the phone before the case begins.
                let at = if index == 0 { self.plan.start } else { self.time(index) };
                let mut draft = habit(self.world, owner, at, 0.3, &mut self.random);
                draft.device = self.world.phone(owner, at).unwrap_or(draft.device);
                draft.ip = Ip { handle: self.random.bits(), network: Network::Carrier };
                self.mine(draft)
            })
            .collect()
    }

    fn gift(&mut self) -> Vec<Draft> {
        let giver = self.plan.customer;
        (0..self.plan.size)
            .map(|index| {
                let at = self.time(index);
                let mut draft = habit(self.world, giver, at, 0.4, &mut self.random);
                let friend = self.world.customer(&mut self.random);
                draft.shipping = Profile::new(self.world, friend).address;
                self.mine(draft)
            })
            .collect()
    }
}
