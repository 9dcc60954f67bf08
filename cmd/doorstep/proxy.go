package main

import (
	"fmt"
	"net"
	"net/http"

	"github.com/realclientip/realclientip-go"
)

// visitors says who a request comes from. Without trusted proxies, and for whoever is none of
// them, that is who connects: anybody can write X-Forwarded-For. Of what a trusted proxy sends,
// the last address counts that is not a trusted proxy's own. Addresses and ranges are as in
// 10.0.0.1 and 10.0.0.0/8.
func visitors(trusted []string) (func(*http.Request) string, error) {
	if len(trusted) == 0 {
		return nil, nil //nolint:nilnil // everybody's standard is the peer
	}
	ranges, err := realclientip.AddressesAndRangesToIPNets(trusted...)
	if err != nil {
		return nil, fmt.Errorf("--trusted-proxies: %w: give addresses or ranges, as 10.0.0.0/8", err)
	}
	forwarded, err := realclientip.NewRightmostTrustedRangeStrategy("X-Forwarded-For", ranges)
	if err != nil {
		return nil, fmt.Errorf("--trusted-proxies: %w", err)
	}
	return func(r *http.Request) string {
		peer := realclientip.RemoteAddrStrategy{}.ClientIP(nil, r.RemoteAddr)
		if !within(ranges, peer) {
			return peer
		}
		if ip := forwarded.ClientIP(r.Header, r.RemoteAddr); ip != "" {
			return ip
		}
		return peer
	}, nil
}

func within(ranges []net.IPNet, address string) bool {
	host, _ := realclientip.SplitHostZone(address)
	ip := net.ParseIP(host)
	for _, r := range ranges {
		if r.Contains(ip) {
			return true
		}
	}
	return false
}
