-- Products ----------------------------------------------------------------------

-- name: ProductByID :one
SELECT * FROM products WHERE store_id = $1 AND product_id = $2;

-- name: ProductByHandle :one
SELECT * FROM products WHERE store_id = $1 AND handle = $2;

-- name: LockProduct :one
SELECT * FROM products WHERE store_id = $1 AND product_id = $2 FOR UPDATE;

-- name: LockProductByHandle :one
SELECT * FROM products WHERE store_id = $1 AND handle = $2 FOR UPDATE;

-- name: InsertProduct :execrows
INSERT INTO products (store_id, product_id, handle, title, body, vendor, kind, status, seo_title, seo_description,
  option1, option2, option3, digest, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (store_id, handle) DO NOTHING;

-- name: UpdateProduct :execrows
UPDATE products SET title = $3, body = $4, vendor = $5, kind = $6, status = $7, seo_title = $8, seo_description = $9,
  option1 = $10, option2 = $11, option3 = $12, digest = $13, updated_at = $14
WHERE store_id = $1 AND product_id = $2;

-- name: TouchProduct :execrows
UPDATE products SET updated_at = $3 WHERE store_id = $1 AND product_id = $2;

-- name: SetProductStatus :execrows
UPDATE products SET status = $3, updated_at = $4 WHERE store_id = $1 AND product_id = $2 AND status <> $3;

-- name: Products :many
SELECT * FROM products WHERE store_id = $1 AND product_id > $2 ORDER BY product_id LIMIT $3;

-- name: ProductsByStatus :many
SELECT * FROM products WHERE store_id = $1 AND status = $2 AND product_id > $3 ORDER BY product_id LIMIT $4;

-- name: ProductsByTag :many
SELECT p.* FROM product_tags t JOIN products p ON p.store_id = t.store_id AND p.product_id = t.product_id
WHERE t.store_id = $1 AND t.tag = $2 AND t.product_id > $3 ORDER BY t.product_id LIMIT $4;

-- name: ProductsByTagAndStatus :many
SELECT p.* FROM product_tags t JOIN products p ON p.store_id = t.store_id AND p.product_id = t.product_id
WHERE t.store_id = $1 AND t.tag = $2 AND t.product_id > $3 AND p.status = $4 ORDER BY t.product_id LIMIT $5;

-- name: ProductsByCollection :many
SELECT sqlc.embed(p), c.position FROM collection_products c JOIN products p ON p.store_id = c.store_id AND p.product_id = c.product_id
WHERE c.store_id = $1 AND c.collection_id = $2 AND c.position >= sqlc.arg(after_position) AND (c.position > sqlc.arg(after_position) OR c.product_id > sqlc.arg(after_product))
ORDER BY c.position, c.product_id LIMIT sqlc.arg(at_most);

-- name: ProductsByCollectionAndStatus :many
SELECT sqlc.embed(p), c.position FROM collection_products c JOIN products p ON p.store_id = c.store_id AND p.product_id = c.product_id
WHERE c.store_id = $1 AND c.collection_id = $2 AND c.position >= sqlc.arg(after_position) AND (c.position > sqlc.arg(after_position) OR c.product_id > sqlc.arg(after_product)) AND p.status = sqlc.arg(status)
ORDER BY c.position, c.product_id LIMIT sqlc.arg(at_most);

-- name: CountProducts :one
SELECT COUNT(*) FROM products WHERE store_id = $1;

-- Variants ----------------------------------------------------------------------

-- name: VariantByID :one
SELECT * FROM variants WHERE store_id = $1 AND variant_id = $2;

-- name: SoldAmong :many
SELECT sqlc.embed(v), sqlc.embed(p) FROM variants v JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
WHERE v.store_id = $1 AND v.variant_id IN ($2);

-- name: SoldByProducts :many
SELECT sqlc.embed(v), sqlc.embed(p) FROM variants v JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
WHERE v.store_id = $1 AND v.product_id IN ($2) ORDER BY v.product_id, v.position, v.variant_id;

-- name: FreeByProducts :many
SELECT v.product_id, v.variant_id, v.available, v.reserved FROM variants v JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
WHERE v.store_id = $1 AND v.product_id IN ($2) AND p.status = 'active';

-- name: VariantsByProduct :many
SELECT * FROM variants WHERE store_id = $1 AND product_id = $2 ORDER BY position, variant_id;

-- name: LockVariant :one
SELECT * FROM variants WHERE store_id = $1 AND variant_id = $2 FOR UPDATE;

-- name: VariantsBySKU :many
SELECT * FROM variants WHERE store_id = $1 AND sku = $2 ORDER BY variant_id;

-- name: VariantsByBarcode :many
SELECT * FROM variants WHERE store_id = $1 AND barcode = $2 ORDER BY variant_id;

-- name: InsertVariant :exec
INSERT INTO variants (store_id, variant_id, product_id, position, sku, barcode, title, option1, option2, option3,
  price_minor, compare_at_minor, currency, weight_grams, requires_shipping, taxable, image, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19);

-- name: UpdateVariant :execrows
UPDATE variants SET position = $3, sku = $4, barcode = $5, title = $6, option1 = $7, option2 = $8, option3 = $9,
  price_minor = $10, compare_at_minor = $11, currency = $12, weight_grams = $13, requires_shipping = $14, taxable = $15,
  image = $16, updated_at = $17
WHERE store_id = $1 AND variant_id = $2;

-- name: DeleteVariant :execrows
DELETE FROM variants WHERE variants.store_id = $1 AND variants.variant_id = $2
  AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.store_id = $1 AND o.variant_id = $2)
  AND NOT EXISTS (SELECT 1 FROM reservations r WHERE r.store_id = $1 AND r.variant_id = $2)
  AND NOT EXISTS (SELECT 1 FROM cart_lines l WHERE l.store_id = $1 AND l.variant_id = $2);

-- Images, tags ------------------------------------------------------------------

-- name: Images :many
SELECT * FROM images WHERE store_id = $1 AND product_id = $2 ORDER BY position;

-- name: InsertImage :exec
INSERT INTO images (store_id, product_id, position, url, alt) VALUES ($1, $2, $3, $4, $5);

-- name: DeleteImages :exec
DELETE FROM images WHERE store_id = $1 AND product_id = $2;

-- name: FirstImages :many
SELECT product_id, url FROM images WHERE store_id = $1 AND position = 1 AND product_id IN ($2);

-- name: InsertPicture :exec
INSERT INTO pictures (store_id, digest, kind, width, height, bytes, logo, body, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (store_id, digest) DO UPDATE SET logo = pictures.logo OR excluded.logo;

-- name: PictureBody :one
SELECT body FROM pictures WHERE store_id = $1 AND digest = $2 AND kind = $3;

-- name: LockPicture :one
SELECT digest FROM pictures WHERE store_id = $1 AND digest = $2 FOR UPDATE;

-- name: DropPicture :execrows
DELETE FROM pictures WHERE pictures.store_id = $1 AND pictures.digest = $2 AND NOT pictures.logo
  AND NOT EXISTS (SELECT 1 FROM images i WHERE i.store_id = $1 AND i.url = sqlc.arg(address) AND i.url LIKE '/pictures/%')
  AND NOT EXISTS (SELECT 1 FROM order_lines l WHERE l.store_id = $1 AND l.image = sqlc.arg(address) AND l.image LIKE '/pictures/%');

-- name: Tags :many
SELECT tag FROM product_tags WHERE store_id = $1 AND product_id = $2 ORDER BY tag;

-- name: InsertTag :exec
INSERT INTO product_tags (store_id, product_id, tag) VALUES ($1, $2, $3);

-- name: DeleteTags :exec
DELETE FROM product_tags WHERE store_id = $1 AND product_id = $2;

-- Collections -------------------------------------------------------------------

-- name: CollectionByHandle :one
SELECT * FROM collections WHERE store_id = $1 AND handle = $2;

-- name: Collections :many
SELECT * FROM collections WHERE store_id = $1 ORDER BY position, title, collection_id LIMIT $2;

-- name: CollectionByID :one
SELECT * FROM collections WHERE store_id = $1 AND collection_id = $2;

-- name: CollectionCounts :many
SELECT collection_id, COUNT(*) AS products FROM collection_products WHERE store_id = $1 GROUP BY collection_id;

-- name: CollectionsOfProduct :many
SELECT c.* FROM collection_products p JOIN collections c ON c.store_id = p.store_id AND c.collection_id = p.collection_id
WHERE p.store_id = $1 AND p.product_id = $2 ORDER BY c.title, c.collection_id;

-- name: InsertCollection :execrows
INSERT INTO collections (store_id, collection_id, handle, title, body, created_at, position)
VALUES ($1, $2, $3, $4, $5, $6, COALESCE((SELECT MAX(c.position) + 1 FROM collections c WHERE c.store_id = $1 AND c.position > 0), 0))
ON CONFLICT (store_id, handle) DO NOTHING;

-- name: UpdateCollection :execrows
UPDATE collections SET title = $3, body = $4 WHERE store_id = $1 AND collection_id = $2 AND (title <> $3 OR body <> $4);

-- name: NumberCollections :exec
UPDATE collections SET position = n.place
FROM (SELECT collection_id, ROW_NUMBER() OVER (ORDER BY position, title, collection_id) AS place FROM collections WHERE store_id = $1) n
WHERE collections.store_id = $1 AND collections.collection_id = n.collection_id AND collections.position <> n.place;

-- name: SwapCollections :execrows
UPDATE collections SET position = CASE WHEN position = sqlc.arg(here) THEN sqlc.arg(there) ELSE sqlc.arg(here) END
WHERE store_id = $1 AND position IN (sqlc.arg(here), sqlc.arg(there));

-- name: DeleteCollection :execrows
DELETE FROM collections WHERE store_id = $1 AND collection_id = $2;

-- name: EmptyCollection :exec
DELETE FROM collection_products WHERE store_id = $1 AND collection_id = $2;

-- name: TakeFromCollection :execrows
DELETE FROM collection_products WHERE store_id = $1 AND collection_id = $2 AND product_id = $3;

-- name: AppendToCollection :execrows
INSERT INTO collection_products (store_id, collection_id, product_id, position)
VALUES ($1, $2, $3, COALESCE((SELECT MAX(c.position) + 1 FROM collection_products c WHERE c.store_id = $1 AND c.collection_id = $2), 1))
ON CONFLICT (store_id, collection_id, product_id) DO NOTHING;

-- name: NumberProducts :exec
UPDATE collection_products SET position = n.place
FROM (SELECT product_id, ROW_NUMBER() OVER (ORDER BY position, product_id) AS place FROM collection_products WHERE store_id = $1 AND collection_id = $2) n
WHERE collection_products.store_id = $1 AND collection_products.collection_id = $2 AND collection_products.product_id = n.product_id
  AND collection_products.position <> n.place;

-- name: PositionInCollection :one
SELECT position FROM collection_products WHERE store_id = $1 AND collection_id = $2 AND product_id = $3;

-- name: SwapProducts :execrows
UPDATE collection_products SET position = CASE WHEN position = sqlc.arg(here) THEN sqlc.arg(there) ELSE sqlc.arg(here) END
WHERE store_id = $1 AND collection_id = $2 AND position IN (sqlc.arg(here), sqlc.arg(there));

-- name: InsertCollectionProduct :exec
INSERT INTO collection_products (store_id, collection_id, product_id, position) VALUES ($1, $2, $3, $4)
ON CONFLICT (store_id, collection_id, product_id) DO NOTHING;

-- name: PlaceInCollection :execrows
INSERT INTO collection_products (store_id, collection_id, product_id, position) VALUES ($1, $2, $3, $4)
ON CONFLICT (store_id, collection_id, product_id) DO UPDATE SET position = excluded.position
WHERE collection_products.position <> excluded.position;

-- The store's own money -----------------------------------------------------------

-- name: StoreCurrency :one
SELECT currency FROM stores WHERE store_id = $1;

-- Statistics ----------------------------------------------------------------------

-- name: SurveyProducts :exec
ANALYZE products;

-- name: SurveyVariants :exec
ANALYZE variants;
