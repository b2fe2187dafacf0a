//! Words that scenario files and mechanisms share.

use crate::text::{choices, params};
use crate::units::Probability;

choices! {
    /// Who speaks through an account.
    pub enum VoiceKind {
        /// A head of state or government.
        Leader = "leader",
        /// A minister.
        Minister = "minister",
        /// A ministry or government department.
        Ministry = "ministry",
        /// An embassy or consulate.
        Embassy = "embassy",
        /// An organisation or person close to a state without office.
        ParaState = "para-state",
        /// A press outlet.
        Press = "press",
        /// Anybody else.
        Private = "private",
    }
}

params! {
    /// Rank of the speaker, from 0 (nobody) to 1: what governments and traders weigh words by.
    pub struct Ranks {
        /// Rank of a head of state or government.
        leader: Probability,
        /// Rank of a minister.
        minister: Probability,
        /// Rank of a ministry or government department.
        ministry: Probability,
        /// Rank of an embassy or consulate.
        embassy: Probability,
        /// Rank of an organisation or person close to a state without office.
        para_state: Probability,
        /// Rank of a press outlet.
        press: Probability,
        /// Rank of anybody else.
        private: Probability,
    }
}

impl Ranks {
    /// The rank of who speaks through an account of that kind.
    pub fn of(&self, kind: VoiceKind) -> f64 {
        let rank = match kind {
            VoiceKind::Leader => self.leader,
            VoiceKind::Minister => self.minister,
            VoiceKind::Ministry => self.ministry,
            VoiceKind::Embassy => self.embassy,
            VoiceKind::ParaState => self.para_state,
            VoiceKind::Press => self.press,
            VoiceKind::Private => self.private,
        };
        rank.get()
    }
}

choices! {
    /// What a message carries.
    pub enum Medium {
        /// Words only.
        Text = "text",
        /// A picture, which leaves more room for a second reading.
        Image = "image",
        /// Moving pictures.
        Video = "video",
    }
}

choices! {
    /// How a message is delivered.
    pub enum Delivery {
        /// Posted for all to see.
        Public = "public",
        /// Handed to the target state only; nobody else sees it.
        Private = "private",
        /// Never sent.
        Unsent = "unsent",
    }
}

choices! {
    /// How far a threat has become real.
    pub enum Stage {
        /// Announced.
        Word = "word",
        /// Confirmed by those who would carry it out.
        Confirmed = "confirmed",
        /// Done.
        Deed = "deed",
        /// Taken back by those who would carry it out.
        Withdrawn = "withdrawn",
    }
}

choices! {
    /// What an issue puts at stake for markets.
    pub enum Stakes {
        /// Trade: it hits those whose revenue comes from goods sold there.
        Trade = "trade",
        /// Peace: it hits all who earn there, and the supply of oil.
        Security = "security",
    }
}

choices! {
    /// What is traded on a market.
    pub enum Traded {
        /// A stock index.
        Index = "index",
        /// A currency against the dollar; it rises when a dollar buys less of it.
        Currency = "currency",
        /// A commodity.
        Commodity = "commodity",
        /// The price of a government bond.
        Bond = "bond",
        /// The future of a stock index.
        Future = "future",
    }
}

choices! {
    /// For whom words are meant.
    pub enum Motive {
        /// For the state addressed.
        Foreign = "foreign",
        /// For the public at home, whatever state they name.
        Domestic = "domestic",
    }
}

choices! {
    /// The field in which a rung of the ladder lies.
    pub enum Sphere {
        /// Nothing but words.
        Words = "words",
        /// Relations of governments and exchange between societies.
        Diplomacy = "diplomacy",
        /// Trade and money.
        Economy = "economy",
        /// Armed force.
        Force = "force",
    }
}
