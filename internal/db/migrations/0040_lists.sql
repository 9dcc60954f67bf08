-- +goose Up

-- The list of orders narrowed by two words at once, of which together none or few have any.
CREATE INDEX orders_state_money ON orders (store_id, state, money, order_id);
CREATE INDEX orders_state_goods ON orders (store_id, state, goods, order_id);
CREATE INDEX orders_goods_money ON orders (store_id, goods, money, order_id);

-- Shelves in the orders in which they can stand: a page reads as far as it shows.
CREATE INDEX variants_price ON variants (store_id, price_minor, product_id, variant_id);
CREATE INDEX products_newest ON products (store_id, status, created_at, product_id);
CREATE INDEX products_title ON products (store_id, status, LOWER(title), product_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
