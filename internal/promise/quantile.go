package promise

import "sort"

// quantile is the value below which a share of the weight lies; 0 of nothing.
func quantile(values, weights []float64, share float64) float64 {
	order := make([]int, 0, len(values))
	total := 0.0
	for i, w := range weights[:len(values)] {
		if w > 1e-4 {
			order = append(order, i)
			total += w
		}
	}
	sort.Slice(order, func(a, b int) bool { return values[order[a]] < values[order[b]] })
	sum := 0.0
	for _, i := range order {
		if sum += weights[i]; sum >= share*total {
			return values[i]
		}
	}
	return 0
}

// mean is the weighted mean; 0 of nothing.
func mean(values, weights []float64) float64 {
	var sum, total float64
	for i, v := range values {
		sum += weights[i] * v
		total += weights[i]
	}
	if total == 0 {
		return 0
	}
	return sum / total
}
