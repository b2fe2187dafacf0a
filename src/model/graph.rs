//! A plain directed graph: for each node, the sorted list of those that see what it posts.
//!
//! Compressed sparse rows, as small as they can be read at speed: four bytes a node and four bytes an edge. The follower network
//! puts publics and cells on top of it; rules that know no publics run on it as it is.

/// A directed graph. An edge `(u, v)` means that v sees what u posts: v *follows* u.
///
/// Invariant: each list is strictly ascending, lies in `0..n_nodes` and never holds its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// Where the list of each node begins, and one past the end of the last.
    starts: Vec<u32>,
    followers: Vec<u32>,
}

impl Graph {
    /// Builds the graph of nodes `0..n_nodes`. Edges may come in any order; repeated ones and self-loops are dropped.
    ///
    /// O(nodes + edges) time. At most 2^32 − 1 edges; ends must lie below `n_nodes`.
    pub fn from_edges(n_nodes: u32, edges: &[(u32, u32)]) -> Self {
        let (starts, followers) = sorted_lists(n_nodes, edges);
        Self { starts, followers }
    }

    /// Number of nodes.
    pub fn n_nodes(&self) -> u32 {
        (self.starts.len() - 1) as u32
    }

    /// Number of edges.
    pub fn n_edges(&self) -> usize {
        self.followers.len()
    }

    /// Followers of `node`, ascending.
    pub fn followers(&self, node: u32) -> &[u32] {
        &self.followers[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// Where the list of each node begins in [`Self::targets`], and one past the end of the last: `n_nodes + 1` numbers.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    /// All lists of followers, one after another in the order of their owners.
    pub fn targets(&self) -> &[u32] {
        &self.followers
    }
}

/// Lists of followers, ascending and without repetition, by two stable counting sorts: first by follower, then by
/// the account followed. O(nodes + edges).
fn sorted_lists(n_accounts: u32, edges: &[(u32, u32)]) -> (Vec<u32>, Vec<u32>) {
    let by_follower = counting_sort(n_accounts, edges, |&(_, follower)| follower);
    let by_account = counting_sort(n_accounts, &by_follower, |&(account, _)| account);
    let mut starts = Vec::with_capacity(n_accounts as usize + 1);
    let mut followers: Vec<u32> = Vec::with_capacity(by_account.len());
    starts.push(0);
    let mut next = 0;
    for account in 0..n_accounts {
        let begin = followers.len();
        while let Some(&(owner, follower)) = by_account.get(next).filter(|edge| edge.0 == account) {
            if follower != owner && followers[begin..].last() != Some(&follower) {
                followers.push(follower);
            }
            next += 1;
        }
        starts.push(followers.len() as u32);
    }
    (starts, followers)
}

fn counting_sort(n_keys: u32, edges: &[(u32, u32)], key: impl Fn(&(u32, u32)) -> u32) -> Vec<(u32, u32)> {
    let mut next = vec![0_u32; n_keys as usize + 1];
    for edge in edges {
        next[key(edge) as usize + 1] += 1;
    }
    for idx in 1..next.len() {
        next[idx] += next[idx - 1];
    }
    let mut sorted = vec![(0, 0); edges.len()];
    for edge in edges {
        let slot = &mut next[key(edge) as usize];
        sorted[*slot as usize] = *edge;
        *slot += 1;
    }
    sorted
}
