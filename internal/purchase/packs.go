package purchase

import "slices"

// fill says how many units to take from each fit: as many as its packs and room allow, one
// fit after another; where that leaves units that other packs would have served, as many as
// any mixture of packs can serve, with the fewest from the last fits.
func fill(quantity int64, fits []fit) []int64 {
	takes, left, packs := make([]int64, len(fits)), quantity, false
	for i, f := range fits {
		units := min(left, f.room)
		takes[i] = units - units%f.c.pack()
		left -= takes[i]
		packs = packs || f.c.pack() > 1
	}
	if left == 0 || !packs {
		return takes
	}
	reached := make([]bool, quantity+1) // by the fits looked at so far
	reached[0] = true
	least := make([][]int64, len(fits)) // units of the fit with which a sum is reached
	for i, f := range fits {
		least[i] = make([]int64, quantity+1)
		next := slices.Clone(reached)
		for q := f.c.pack(); q <= quantity; q++ {
			before := q - f.c.pack()
			if !next[q] && next[before] && least[i][before]+f.c.pack() <= f.room {
				next[q], least[i][q] = true, least[i][before]+f.c.pack()
			}
		}
		reached = next
	}
	for !reached[quantity] {
		quantity--
	}
	for i := len(fits) - 1; i >= 0; i-- {
		takes[i] = least[i][quantity]
		quantity -= takes[i]
	}
	return takes
}
