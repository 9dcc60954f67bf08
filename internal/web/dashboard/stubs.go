package dashboard

import (
	"doorstep/internal/inventory"
	"doorstep/internal/web/ui"
)

func supplierChoices(list []inventory.Supplier) []ui.Choice {
	var out []ui.Choice
	for _, s := range list {
		out = append(out, ui.Choice{Value: string(s.SupplierID), Name: s.Name})
	}
	return out
}
func (d *Dashboard) editProduct(v *visit) error     { return nil }
func (d *Dashboard) priceVariants(v *visit) error   { return nil }
func (d *Dashboard) variant(v *visit) error         { return nil }
func (d *Dashboard) mapOffer(v *visit) error        { return nil }
func (d *Dashboard) lookUpOffer(v *visit) error     { return nil }
func (d *Dashboard) reviseOffer(v *visit) error     { return nil }
func (d *Dashboard) unmapOffer(v *visit) error      { return nil }
func (d *Dashboard) inventory(v *visit) error       { return nil }
func (d *Dashboard) inventoryBulk(v *visit) error   { return nil }
func (d *Dashboard) refreshSupplier(v *visit) error { return nil }
func (d *Dashboard) settingsGroup(v *visit) error   { return nil }
func (d *Dashboard) policyTemplate(v *visit) error  { return nil }
func (d *Dashboard) find(v *visit) error            { return nil }
