nft build app.js
