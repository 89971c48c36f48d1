import { Controller, Get } from "@nestjs/common";

@Controller(["health", "healthz"])
export class HealthController {
  @Get()
  check() {
    return { status: "ok" };
  }
}
