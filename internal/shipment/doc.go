// Package shipment is what is on its way to the customer: parcels, and their state folded from tracking events.
package shipment
