-- +goose Up

-- Pictures that the merchant uploaded: of products, and the shop's logo. They are made anew from
-- what was sent, without metadata, and named by their content; images.url, order_lines.image and
-- the setting brand.logo_url hold their address, /pictures/<digest>.jpg or .png.
CREATE TABLE pictures (
  store_id   TEXT    NOT NULL,
  digest     TEXT    NOT NULL, -- SHA-256 of the picture, in hex
  kind       TEXT    NOT NULL CHECK (kind IN ('jpg', 'png')),
  width      BIGINT  NOT NULL,
  height     BIGINT  NOT NULL,
  bytes      BIGINT  NOT NULL,
  logo       BOOLEAN NOT NULL DEFAULT FALSE, -- it is or was the shop's: mails that have left show it
  body       TEXT    NOT NULL, -- base 64
  created_at BIGINT  NOT NULL,
  PRIMARY KEY (store_id, digest)
);

-- Who shows an uploaded picture: it goes with the last of them.
CREATE INDEX images_uploaded ON images (store_id, url) WHERE url LIKE '/pictures/%';
CREATE INDEX order_lines_uploaded ON order_lines (store_id, image) WHERE image LIKE '/pictures/%';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
