//! Where the boxes and arrows of a diagram go: layers from top to bottom, after Sugiyama, in whole pixels.
//!
//! Every other layer holds the captions of arrows, as boxes of their own, so that nothing covers anything. An arrow
//! that goes back is laid out in the other direction and drawn in its own.

/// How large something is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: i64,
    pub(super) height: i64,
}

/// An arrow between two boxes, with the size of its caption.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) caption: Size,
}

/// Where things are.
#[derive(Debug, Default)]
pub(super) struct Placed {
    pub(super) size: Size,
    /// The centre of each box.
    pub(super) boxes: Vec<(i64, i64)>,
    /// Each arrow, in the order given.
    pub(super) arrows: Vec<Arrow>,
}

/// An arrow: the points that it runs through, from the edge of its first box to that of its second, and the centre of
/// its caption.
#[derive(Debug, Default, Clone)]
pub(super) struct Arrow {
    pub(super) points: Vec<(i64, i64)>,
    pub(super) caption: (i64, i64),
}

/// Free space between things side by side.
const GAP: i64 = 16;
/// Free space between layers.
const LAYER_GAP: i64 = 18;
/// How far a way back to the same box stands out.
const LOOP: i64 = 16;
/// How often order and places are improved.
const SWEEPS: usize = 8;

/// Something in a layer: a box, a caption, or a point where an arrow passes.
struct Spot {
    size: Size,
    layer: usize,
    /// The horizontal centre.
    x: i64,
    above: Vec<usize>,
    below: Vec<usize>,
}

/// Places boxes and arrows; the first box goes to the top.
pub(super) fn place(boxes: &[Size], links: &[Link]) -> Placed {
    let ranks = ranks(boxes.len(), links);
    let mut spots: Vec<Spot> =
        boxes.iter().zip(&ranks).map(|(size, rank)| Spot::new(*size, rank * 2)).collect();
    for link in links.iter().filter(|link| link.from == link.to) {
        // Room on both sides, so that the box stays in the middle of it.
        let size = &mut spots[link.from].size;
        size.width = size.width.max(boxes[link.from].width + 2 * (LOOP + link.caption.width));
        size.height = size.height.max(link.caption.height);
    }
    let chains: Vec<_> = links.iter().map(|link| chain(&mut spots, &ranks, link)).collect();
    let mut layers: Vec<Vec<usize>> = Vec::new();
    for (at, spot) in spots.iter().enumerate() {
        if layers.len() <= spot.layer {
            layers.resize(spot.layer + 1, Vec::new());
        }
        layers[spot.layer].push(at);
    }
    order(&spots, &mut layers);
    straighten(&mut spots, &layers);
    finish(boxes, links, &mut spots, &layers, &chains)
}

impl Spot {
    fn new(size: Size, layer: usize) -> Self {
        Self { size, layer, x: 0, above: Vec::new(), below: Vec::new() }
    }
}

/// The rank of each box: one more than the highest of those that lead to it, ways back left out.
fn ranks(boxes: usize, links: &[Link]) -> Vec<usize> {
    let mut onwards: Vec<Vec<usize>> = vec![Vec::new(); boxes];
    for link in links.iter().filter(|link| link.from != link.to) {
        onwards[link.from].push(link.to);
    }
    let left = left_last(&onwards);
    let mut left_at = vec![0; boxes];
    left.iter().enumerate().for_each(|(at, spot)| left_at[*spot] = at);
    let mut ranks = vec![0; boxes];
    for &from in left.iter().rev() {
        // What a search in depth leaves later leads back.
        for &to in onwards[from].iter().filter(|to| left_at[**to] < left_at[from]) {
            ranks[to] = ranks[to].max(ranks[from] + 1);
        }
    }
    ranks
}

/// The boxes in the order in which a search in depth leaves them.
fn left_last(onwards: &[Vec<usize>]) -> Vec<usize> {
    let mut left = Vec::new();
    let mut seen = vec![false; onwards.len()];
    for start in 0..onwards.len() {
        let mut open = vec![(start, 0)];
        while let Some((at, next)) = open.pop() {
            if next == 0 && std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match onwards[at].get(next) {
                Some(&to) => {
                    open.push((at, next + 1));
                    open.extend((!seen[to]).then_some((to, 0)));
                }
                None => left.push(at),
            }
        }
    }
    left
}

/// The spots of an arrow from the upper box to the lower one: points, and its caption in the first layer of captions.
fn chain(spots: &mut Vec<Spot>, ranks: &[usize], link: &Link) -> Vec<usize> {
    if link.from == link.to {
        return Vec::new();
    }
    let (upper, lower) =
        if ranks[link.from] <= ranks[link.to] { (link.from, link.to) } else { (link.to, link.from) };
    let mut chain = vec![upper];
    let (first, last) = (ranks[upper] * 2 + 1, ranks[lower] * 2);
    // Boxes of one rank have no layer between them; the caption then goes below both.
    let layers = if first > last { first..first + 1 } else { first..last };
    for layer in layers {
        let size = if layer == first { link.caption } else { Size { width: 2, height: 0 } };
        spots.push(Spot::new(size, layer));
        chain.push(spots.len() - 1);
    }
    chain.push(lower);
    for pair in chain.windows(2) {
        if let [one, other] = *pair {
            spots[one].below.push(other);
            spots[other].above.push(one);
        }
    }
    chain
}

/// Orders each layer by the mean place of what its members are linked to, downwards and upwards in turn.
fn order(spots: &[Spot], layers: &mut [Vec<usize>]) {
    let mut place = vec![0_i64; spots.len()];
    for sweep in 0..SWEEPS {
        let downwards = sweep % 2 == 0;
        for step in 0..layers.len() {
            let layer = if downwards { step } else { layers.len() - 1 - step };
            let linked = |at: usize| if downwards { &spots[at].above } else { &spots[at].below };
            let mut keyed: Vec<_> = layers[layer]
                .iter()
                .enumerate()
                .map(|(now, &at)| {
                    let sum: i64 = linked(at).iter().map(|other| place[*other]).sum();
                    let count = i64::try_from(linked(at).len()).unwrap_or(i64::MAX);
                    (sum.checked_div(count).unwrap_or(i64::try_from(now).unwrap_or(0) * 1000), at)
                })
                .collect();
            keyed.sort_by_key(|(key, _)| *key);
            layers[layer] = keyed.into_iter().map(|(_, at)| at).collect();
            for (now, at) in layers[layer].iter().enumerate() {
                place[*at] = i64::try_from(now).unwrap_or(0) * 1000;
            }
        }
    }
}

/// Moves everything as near as it can be to the middle of what it is linked to.
fn straighten(spots: &mut [Spot], layers: &[Vec<usize>]) {
    for layer in layers {
        let mut edge = 0;
        for &at in layer {
            spots[at].x = edge + spots[at].size.width / 2;
            edge += spots[at].size.width + GAP;
        }
        layer.iter().for_each(|&at| spots[at].x -= edge / 2);
    }
    for sweep in 0..SWEEPS {
        for step in 0..layers.len() {
            let layer = if sweep % 2 == 0 { step } else { layers.len() - 1 - step };
            let wanted: Vec<i64> = layers[layer]
                .iter()
                .map(|&at| {
                    let Spot { above, below, x, .. } = &spots[at];
                    let linked = || above.iter().chain(below);
                    let sum: i64 = linked().map(|other| spots[*other].x).sum();
                    sum.checked_div(i64::try_from(linked().count()).unwrap_or(i64::MAX)).unwrap_or(*x)
                })
                .collect();
            settle(spots, &layers[layer], &wanted);
        }
    }
}

/// Puts a layer where it wants to be, as far as everything has its room: the mean of pushing from the left and from the
/// right keeps all distances.
fn settle(spots: &mut [Spot], layer: &[usize], wanted: &[i64]) {
    let apart = |one: usize, other: usize| (spots[one].size.width + spots[other].size.width) / 2 + GAP;
    let mut from_left = wanted.to_vec();
    for at in 1..layer.len() {
        from_left[at] = from_left[at].max(from_left[at - 1] + apart(layer[at - 1], layer[at]));
    }
    let mut from_right = wanted.to_vec();
    for at in (1..layer.len()).rev() {
        from_right[at - 1] = from_right[at - 1].min(from_right[at] - apart(layer[at - 1], layer[at]));
    }
    for ((&at, left), right) in layer.iter().zip(from_left).zip(from_right) {
        spots[at].x = (left + right) / 2;
    }
}

/// Turns layers into heights, and chains into arrows.
fn finish(
    boxes: &[Size],
    links: &[Link],
    spots: &mut [Spot],
    layers: &[Vec<usize>],
    chains: &[Vec<usize>],
) -> Placed {
    let left = spots.iter().map(|spot| spot.x - spot.size.width / 2).min().unwrap_or(0) - GAP;
    spots.iter_mut().for_each(|spot| spot.x -= left);
    let mut heights = Vec::new();
    let mut edge = GAP;
    for layer in layers {
        let height = layer.iter().map(|at| spots[*at].size.height).max().unwrap_or(0);
        heights.push(edge + height / 2);
        edge += height + LAYER_GAP;
    }
    let centre = |at: usize| (spots[at].x, heights[spots[at].layer]);
    let arrows = links.iter().zip(chains).map(|(link, chain)| {
        if link.from == link.to {
            return looped(centre(link.from), boxes[link.from], link.caption);
        }
        let mut points: Vec<_> = chain.iter().map(|at| centre(*at)).collect();
        let (first, last) = (chain[0], chain[chain.len() - 1]);
        let sides = spots[first].layer < spots[last].layer;
        points[0].1 += boxes[first].height / 2;
        let end = points.len() - 1;
        points[end].1 += if sides { -boxes[last].height / 2 } else { boxes[last].height / 2 };
        if link.from != first {
            points.reverse();
        }
        Arrow { points, caption: centre(chain[1]) }
    });
    let width = spots.iter().map(|spot| spot.x + spot.size.width / 2).max().unwrap_or(0) + GAP;
    Placed {
        size: Size { width, height: edge },
        boxes: (0..boxes.len()).map(centre).collect(),
        arrows: arrows.collect(),
    }
}

/// A way back to the same box, on its right.
fn looped((x, y): (i64, i64), size: Size, caption: Size) -> Arrow {
    let (right, quarter) = (x + size.width / 2, size.height / 4);
    let points = vec![(right, y - quarter), (right + LOOP, y), (right, y + quarter)];
    Arrow { points, caption: (right + LOOP + caption.width / 2, y) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOX: Size = Size { width: 80, height: 30 };

    fn link(from: usize, to: usize) -> Link {
        Link { from, to, caption: Size { width: 40, height: 14 } }
    }

    #[test]
    fn what_follows_stands_below_and_ways_back_change_nothing() {
        let forward = [link(0, 1), link(1, 2), link(0, 2)];
        let placed = place(&[BOX; 3], &forward);
        assert!(placed.boxes[0].1 < placed.boxes[1].1 && placed.boxes[1].1 < placed.boxes[2].1);
        let back = place(&[BOX; 3], &[&forward[..], &[link(2, 0), link(1, 1)]].concat());
        let heights = |placed: &Placed| placed.boxes.iter().map(|(_, y)| *y).collect::<Vec<_>>();
        assert_eq!(heights(&placed), heights(&back));
        let arrow = &back.arrows[3];
        assert!(arrow.points[0].1 > arrow.points[arrow.points.len() - 1].1, "it leads upwards: {arrow:?}");
    }

    #[test]
    fn nothing_covers_anything() {
        let links: Vec<_> =
            (1..8).flat_map(|to| [link(0, to), link(to, 8), link(to, 0), link(to, to)]).collect();
        let placed = place(&[BOX; 9], &links);
        let mut areas: Vec<_> = placed.boxes.iter().map(|centre| (*centre, BOX)).collect();
        areas.extend(placed.arrows.iter().zip(&links).map(|(arrow, link)| (arrow.caption, link.caption)));
        for (at, ((x, y), size)) in areas.iter().enumerate() {
            for ((other_x, other_y), other) in &areas[at + 1..] {
                let apart = (x - other_x).abs() >= (size.width + other.width) / 2
                    || (y - other_y).abs() >= (size.height + other.height) / 2;
                assert!(apart, "({x}, {y}) {size:?} covers ({other_x}, {other_y}) {other:?}");
            }
        }
        let (width, height) = (placed.size.width, placed.size.height);
        assert!(areas.iter().all(|((x, y), _)| *x > 0 && *y > 0 && *x < width && *y < height));
    }

    #[test]
    fn nothing_is_placed_where_nothing_is() {
        assert!(place(&[], &[]).boxes.is_empty());
    }
}
