import express from "express";

const app = express();
app.use(express.json());

// liveness, no database
app.get("/healthz", (req, res) => {
  res.status(200).json({ status: "ok" });
});

app.get("/orders/:id", (req, res) => res.json({ id: req.params.id }));

app.listen(process.env.PORT || 3000);
