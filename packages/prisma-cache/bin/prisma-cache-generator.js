#!/usr/bin/env node
import { runGenerator } from '@prisma-cache/policy-dsl/generator'

runGenerator()
