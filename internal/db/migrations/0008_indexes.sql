-- +goose Up

-- The list of orders, narrowed by a derived word, the newest first.
CREATE INDEX orders_goods ON orders (store_id, goods, order_id);
CREATE INDEX orders_money ON orders (store_id, money, order_id);

-- Customers by the beginning of their name, of what follows its first word, and of its last
-- word. Equality, not a range: ranges of text differ with a database's collation.
CREATE INDEX customers_first ON customers (store_id, LOWER(SUBSTR(name, 1, 3)));
CREATE INDEX customers_later ON customers (store_id, LOWER(SUBSTR(LTRIM(LTRIM(name, REPLACE(name, ' ', ''))), 1, 3)));
CREATE INDEX customers_last ON customers (store_id, LOWER(SUBSTR(REPLACE(name, RTRIM(name, REPLACE(name, ' ', '')), ''), 1, 3)));

-- What the first page asks on every look: purchases under way by supplier, and mails that a
-- person must see to.
CREATE INDEX purchases_undone ON purchases (store_id, supplier_id, state) WHERE state NOT IN ('shipped', 'cancelled', 'rejected');
CREATE INDEX mails_trouble ON mails (store_id, mail_id) WHERE state IN ('failed', 'uncertain');

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
