package dashboard

import (
	"net/http"

	"doorstep/internal/account"
)

// goodsRoutes are the rows of the table for setting up, goods, and who ships them.
func (d *Dashboard) goodsRoutes() []route {
	const get, post = http.MethodGet, http.MethodPost
	const reader, manager, owner = account.Reader, account.Manager, account.Owner
	return []route{
		// The first steps.
		{get, "/start", manager, false, d.start},
		{get, "/start/{step}", manager, false, d.startStep},
		{post, "/start/store", manager, false, d.startStore},
		{post, "/start/payment", owner, false, d.startConnect},
		{post, "/start/supplier", owner, false, d.startConnect},
		{post, "/start/supplier/by-hand", manager, false, d.startByHand},
		{post, "/start/freight", manager, false, d.startFreight},
		{post, "/start/rates", manager, false, d.startRates},
		{post, "/start/order", manager, false, d.startOrder},
		{post, "/start/order/cancel", manager, false, d.startOrderCancel},
		{post, "/start/skip", manager, false, d.startSkip},

		// Bringing products in.
		{get, "/products/import", manager, false, d.importPage},
		{get, "/products/import/template.csv", manager, false, d.importTemplate},
		{post, "/products/import/upload", manager, false, d.importUpload},
		{post, "/products/import/sample", manager, false, d.importSample},
		{post, "/products/import/articles", manager, false, d.importArticles},
		{get, "/products/import/{run}", manager, false, d.importRunPage},
		{post, "/products/import/{run}/begin", manager, false, d.importBegin},
		{post, "/products/import/{run}/forget", manager, false, d.importForget},

		// Products made by hand, and the collections they are in.
		{get, "/products/new", manager, false, d.newProduct},
		{post, "/products", manager, false, d.makeProduct},
		{get, "/products/{product}/variants/new", manager, false, d.newVariant},
		{post, "/products/{product}/variants", manager, false, d.addVariant},
		{post, "/variants/{variant}/remove", manager, false, d.removeVariant},
		{get, "/collections", reader, false, d.collections},
		{post, "/collections", manager, false, d.makeCollection},
		{get, "/collections/{collection}", reader, false, d.collection},
		{post, "/collections/{collection}", manager, false, d.changeCollection},
		{post, "/collections/{collection}/move", manager, false, d.moveCollection},
		{post, "/collections/{collection}/remove", manager, false, d.removeCollection},
		{post, "/collections/{collection}/products", manager, false, d.fillCollection},

		// Products, and who offers them.
		{post, "/products/{product}", manager, false, d.editProduct},
		{post, "/products/{product}/images", manager, false, d.arrangeImages},
		{post, picturesUploadPath, manager, false, d.uploadPictures},
		{post, "/products/{product}/images/fetch", manager, false, d.fetchPicture},
		{get, "/find", reader, false, d.find},
		{get, "/variants/{variant}", reader, false, d.variant},
		{post, "/variants/{variant}/offers", manager, false, d.mapOffer},
		{post, "/variants/{variant}/look-up", manager, false, d.lookUpOffer},
		{post, "/variants/{variant}/pause", manager, false, d.pauseVariant},
		{post, "/variants/{variant}/resume", manager, false, d.resumeVariant},
		{post, "/offers/{offer}", manager, false, d.reviseOffer},
		{post, "/offers/{offer}/unmap", manager, false, d.unmapOffer},
		{get, "/inventory", reader, false, d.inventory},
		{post, "/inventory/bulk", manager, false, d.inventoryBulk},
		{post, "/suppliers/{supplier}/refresh", manager, false, d.refreshSupplier},
	}
}
