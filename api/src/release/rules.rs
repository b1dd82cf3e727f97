//! How strictly a release protects. The program uses [`Rules::all`] alone; tests take rules away to see them matter.

/// The rules under which cells are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A cell has at least so many youths, and so many remain wherever something is left out of it.
    pub fewest: u32,
    /// Are numbers perturbed and rounded?
    pub perturbs: bool,
    /// Of an area that holds several regions: how many regions (of the country: supra-regions) are left out together. A
    /// region knows its own youths; what it does not know of a shown cell must be a crowd.
    ///
    /// Not "none or a crowd": a reader of a region with many youths would then see from a hidden cell that the others
    /// have 1 to 9, and from a shown one that they have not.
    ///
    /// Two, and not one: two regions of three subtract their own numbers from the whole, and the noise of one number
    /// does not hide the third. One draw in fifty is so low that it leaves no room for anybody there.
    pub regions_left_out: usize,
    /// Of a dataset whose rows are held by providers or partnerships: how many sources are left out together, in every
    /// area, for the same reason. Nothing is left out where regions hold the rows: a region's cell is its source's own,
    /// and of wider areas the region is what is left out.
    pub holders_left_out: usize,
    /// Must a crowd remain beside the cell, too: in the same area outside the dimension's value, in the same region
    /// outside the municipality, in the same quarter outside the month? It stops a whole less its part.
    pub beside: bool,
    /// Are rows and measures hidden where one or two youths give most of them?
    pub dominance: bool,
    /// Is more hidden where bounds of what is shown would leave a hidden cell one number? For who has no rows, and for
    /// who has those of one region, of two in a supra-region, or of a holder.
    pub audits: bool,
    /// The audit hides another part where one alone is hidden of a shown whole of so many parts at most: the noise of so
    /// few published numbers does not blur what is left.
    pub blurred_by: usize,
    /// A cell that the version before did not show is shown from so many youths up: who knows of one row that came in
    /// between would see a number come over `fewest`.
    pub held_back: u32,
}

impl Rules {
    /// All rules: what a release is made with.
    #[must_use]
    pub fn all() -> Self {
        Self {
            fewest: 10,
            perturbs: true,
            regions_left_out: 2,
            holders_left_out: 1,
            beside: true,
            dominance: true,
            audits: true,
            blurred_by: 2,
            held_back: 20,
        }
    }

    /// True numbers, and cells of fewer than 10 youths hidden: what many tables do. For tests.
    #[must_use]
    pub fn threshold_only() -> Self {
        Self { fewest: 10, ..Self::none() }
    }

    /// True numbers, nothing hidden. For tests.
    #[must_use]
    pub fn none() -> Self {
        Self {
            fewest: 0,
            perturbs: false,
            regions_left_out: 0,
            holders_left_out: 0,
            beside: false,
            dominance: false,
            audits: false,
            blurred_by: 0,
            held_back: 0,
        }
    }
}
