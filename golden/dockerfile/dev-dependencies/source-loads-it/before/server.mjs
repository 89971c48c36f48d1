import express from 'express';
import { watch } from "nodemon/lib";
