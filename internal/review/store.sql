-- name: InsertReview :execrows
INSERT INTO reviews (store_id, review_id, order_id, line_id, product_id, customer_id, state, stars, words, name, variant, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) ON CONFLICT (store_id, order_id, line_id) DO NOTHING;

-- name: SaveReview :exec
UPDATE reviews SET state = $3, stars = $4, words = $5, name = $6, reason = $7, answer = $8, answered_at = $9, published_at = $10, updated_at = $11
WHERE store_id = $1 AND review_id = $2;

-- name: GetReview :one
SELECT * FROM reviews WHERE store_id = $1 AND review_id = $2;

-- name: LockReview :one
SELECT * FROM reviews WHERE store_id = $1 AND review_id = $2 FOR UPDATE;

-- name: LockLine :one
SELECT * FROM reviews WHERE store_id = $1 AND order_id = $2 AND line_id = $3 FOR UPDATE;

-- name: ReviewsOfOrder :many
SELECT * FROM reviews WHERE store_id = $1 AND order_id = $2 ORDER BY line_id;

-- name: ReviewsOfProduct :many
SELECT * FROM reviews WHERE store_id = $1 AND product_id = $2 AND state = 'published' AND review_id < $3 ORDER BY review_id DESC LIMIT $4;

-- name: AllReviews :many
SELECT * FROM reviews WHERE store_id = $1 AND review_id < $2 ORDER BY review_id DESC LIMIT $3;

-- name: ReviewsIn :many
SELECT * FROM reviews WHERE store_id = $1 AND state = $2 AND review_id < $3 ORDER BY review_id DESC LIMIT $4;

-- name: ReviewsWith :many
SELECT * FROM reviews WHERE store_id = $1 AND state = $2 AND stars = $3 AND review_id < $4 ORDER BY review_id DESC LIMIT $5;

-- name: InsertPhoto :exec
INSERT INTO review_photos (store_id, review_id, photo_id, width, height, bytes, body, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: DropPhotos :exec
DELETE FROM review_photos WHERE store_id = $1 AND review_id = $2;

-- name: PhotosOf :many
SELECT photo_id, width, height, bytes, created_at FROM review_photos WHERE store_id = $1 AND review_id = $2 ORDER BY photo_id;

-- name: PhotoBody :one
SELECT body FROM review_photos WHERE store_id = $1 AND review_id = $2 AND photo_id = $3;

-- name: GetRating :one
SELECT * FROM product_ratings WHERE store_id = $1 AND product_id = $2;

-- name: AddRating :exec
INSERT INTO product_ratings (store_id, product_id, one, two, three, four, five) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (store_id, product_id) DO UPDATE SET one = product_ratings.one + EXCLUDED.one, two = product_ratings.two + EXCLUDED.two,
  three = product_ratings.three + EXCLUDED.three, four = product_ratings.four + EXCLUDED.four, five = product_ratings.five + EXCLUDED.five;

-- name: RatingsAfter :many
SELECT * FROM product_ratings WHERE store_id = $1 AND product_id > $2 ORDER BY product_id LIMIT $3;

-- name: CountRating :one
SELECT COUNT(*) FILTER (WHERE stars = 1) AS one, COUNT(*) FILTER (WHERE stars = 2) AS two, COUNT(*) FILTER (WHERE stars = 3) AS three,
  COUNT(*) FILTER (WHERE stars = 4) AS four, COUNT(*) FILTER (WHERE stars = 5) AS five
FROM reviews WHERE store_id = $1 AND product_id = $2 AND state = 'published';

-- name: PutService :exec
INSERT INTO service_ratings (store_id, order_id, purchase_id, supplier_id, delivery, packaging, contact, words, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)
ON CONFLICT (store_id, order_id, purchase_id) DO UPDATE SET delivery = EXCLUDED.delivery, packaging = EXCLUDED.packaging,
  contact = EXCLUDED.contact, words = EXCLUDED.words, updated_at = EXCLUDED.updated_at;

-- name: ServiceOf :many
SELECT * FROM service_ratings WHERE store_id = $1 AND order_id = $2 ORDER BY purchase_id;

-- name: InsertPlan :execrows
INSERT INTO follow_ups (store_id, order_id, kind, state, delivered_at, due_at) VALUES ($1, $2, $3, 'planned', $4, $5) ON CONFLICT DO NOTHING;

-- name: DuePlans :many
SELECT * FROM follow_ups WHERE store_id = $1 AND state = 'planned' AND due_at <= $2 ORDER BY due_at, order_id LIMIT $3;

-- name: LockPlan :one
SELECT * FROM follow_ups WHERE store_id = $1 AND order_id = $2 AND kind = $3 FOR UPDATE;

-- name: SavePlan :exec
UPDATE follow_ups SET state = $4, reason = $5, due_at = $6, ended_at = $7 WHERE store_id = $1 AND order_id = $2 AND kind = $3;
